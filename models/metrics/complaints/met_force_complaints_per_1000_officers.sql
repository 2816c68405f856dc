{{ rate_per_officer(ref('int_complaints'), 'is_force_complaint') }}
