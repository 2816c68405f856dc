{{ stock_by_month(
    ref('int_device_periods'),
    'counted_rows.is_first_issue and counted_rows.held_from <= months.last_day',
    ['officer_role', 'rollout_phase']
) }}
