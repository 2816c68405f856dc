{{ share_by_month(
    ref('int_recording_care'), 'month_start', counted='upload_delay_ms > 86400000', among='upload_delay_ms is not null'
) }}
