{{ share_by_month(
    ref('int_crime_outcomes'),
    'outcome_month',
    "is_charged",
    "is_assigned",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
