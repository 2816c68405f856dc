{{ share_by_month(
    ref('int_recording_care'), 'month_start', counted='is_evidential', among='is_evidential is not null'
) }}
