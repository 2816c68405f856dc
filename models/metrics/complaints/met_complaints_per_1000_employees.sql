{{ rate_per_officer(ref('int_complaints'), exposure='employee_headcount') }}
