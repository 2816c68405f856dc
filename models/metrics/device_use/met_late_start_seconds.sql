{{ quantile_metric(
    ref('int_encounter_seconds'),
    'median_seconds',
    'median_low',
    'median_high',
    'missed_count',
    'order statistics',
    among="side = 'late_start'"
) }}
