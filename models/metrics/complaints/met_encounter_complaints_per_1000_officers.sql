{{ rate_per_officer(ref('int_encounter_complaints')) }}
