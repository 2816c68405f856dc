{{ count_by_month(
    ref('int_cases'),
    "cast(date_trunc('month', plea_date) as date)",
    "plea = 'guilty'",
    parts=['plea_stage', 'is_domestic_abuse', 'camera_evidence_used']
) }}
