{{ share_by_month(
    ref('int_cases'),
    'disposal_month',
    "is_early_guilty_plea",
    "case_outcome is not null",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
