{{ stock_by_month(
    ref('int_device_periods'),
    'counted_rows.is_active_while_held and counted_rows.held_from <= months.last_day
        and counted_rows.held_before > months.last_day',
    ['officer_role', 'rollout_phase']
) }}
