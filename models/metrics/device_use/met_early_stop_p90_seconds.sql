{{ quantile_metric(
    ref('int_encounter_seconds'),
    'p90_seconds',
    'p90_low',
    'p90_high',
    'missed_count',
    'order statistics',
    among="side = 'early_stop'"
) }}
