{{ share_by_month(
    ref('int_crime_outcomes'),
    'outcome_month',
    "not victim_supports",
    "is_charged and victim_supports is not null",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
