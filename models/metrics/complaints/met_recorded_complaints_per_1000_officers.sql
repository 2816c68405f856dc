{{ rate_per_officer(ref('int_recorded_complaints')) }}
