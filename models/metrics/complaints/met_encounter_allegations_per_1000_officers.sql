{{ rate_per_officer(
    ref('int_allegation_meanings'),
    'is_encounter_related',
    supplied='is_encounter_related is not null'
) }}
