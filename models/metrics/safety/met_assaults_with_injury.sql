{{ rate_per_officer(ref('int_assaults'), 'is_with_injury') }}
