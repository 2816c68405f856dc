{{ quantile_metric(
    ref('int_upload_delays'),
    'p95_hours',
    'p95_low',
    'p95_high',
    'recording_count',
    'order statistics'
) }}
