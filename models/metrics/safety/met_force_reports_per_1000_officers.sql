{{ rate_per_officer(ref('int_force_reports')) }}
