{{ share_by_month(
    ref('int_complaints'),
    'month_start',
    "footage_viewed = 'yes'",
    "footage_available = 'yes' and footage_viewed in ('yes', 'no')"
) }}
