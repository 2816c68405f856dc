-- By the month of closing: complaints still open have no outcome yet. What was resolved locally was not investigated.
{{ share_by_month(
    ref('int_complaints'),
    "cast(date_trunc('month', closed_date) as date)",
    'is_upheld',
    "is_upheld is not null and complaint_outcome <> 'resolved_locally'"
) }}
