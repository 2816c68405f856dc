{{ share_by_month(
    ref('int_complaints'), 'month_start', "footage_available = 'yes'", "footage_available in ('yes', 'no')"
) }}
