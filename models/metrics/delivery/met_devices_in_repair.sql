{{ stock_by_month(
    ref('int_device_periods'),
    'counted_rows.in_repair_from <= months.last_day and counted_rows.in_repair_before > months.last_day',
    ['officer_role', 'rollout_phase']
) }}
