{{ share_by_month(
    ref('int_recording_care'), 'month_start', counted='was_untagged_at_31_days', among='is_31_days_old'
) }}
