{{ share_by_month(
    ref('int_complaints'),
    "cast(date_trunc('month', closed_date) as date)",
    "complaint_outcome = 'resolved_locally'",
    'is_upheld is not null'
) }}
