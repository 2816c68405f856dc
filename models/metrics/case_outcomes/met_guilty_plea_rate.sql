{{ share_by_month(
    ref('int_cases'),
    'disposal_month',
    "plea = 'guilty'",
    "case_outcome is not null",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
