{{ rate_per_officer(ref('int_complaints'), exposure='officer_hours') }}
