{{ share_by_month(
    ref('int_cases'),
    'disposal_month',
    "trial_result in ('cracked_late_plea', 'cracked_dropped')",
    "trial_result is not null",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
