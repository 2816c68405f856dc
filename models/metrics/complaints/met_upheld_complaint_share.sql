-- By the month of closing: complaints still open have no outcome yet.
{{ share_by_month(
    ref('int_complaints'),
    "cast(date_trunc('month', closed_date) as date)",
    "complaint_outcome = 'upheld'",
    'complaint_outcome is not null'
) }}
