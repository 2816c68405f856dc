{{ rate_per_officer(ref('int_allegation_meanings')) }}
