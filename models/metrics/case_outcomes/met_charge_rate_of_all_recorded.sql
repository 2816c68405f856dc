{{ share_by_month(
    ref('int_crime_outcomes'),
    'recorded_month',
    "is_charged",
    "true",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
