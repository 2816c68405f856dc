{{ quantile_metric(
    ref('int_upload_delays'),
    'median_hours',
    'median_low',
    'median_high',
    'recording_count',
    'order statistics'
) }}
