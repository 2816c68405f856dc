{{ share_by_month(
    ref('int_cases'),
    "cast(date_trunc('month', plea_date) as date)",
    "is_early_guilty_plea",
    "plea = 'guilty'",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
