{{ rate_per_officer(ref('int_assaults'), 'not is_with_injury') }}
