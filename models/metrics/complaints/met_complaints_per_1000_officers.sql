{{ rate_per_officer(ref('int_complaints')) }}
