{{ per_officer_month(ref('int_complaints'), ref('int_officer_months')) }}
