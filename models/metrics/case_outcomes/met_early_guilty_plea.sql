{{ share_by_month(
    ref('int_cases'),
    'first_hearing_month',
    "is_early_guilty_plea",
    "true",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
