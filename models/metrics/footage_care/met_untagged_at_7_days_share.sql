{{ share_by_month(
    ref('int_recording_care'), 'month_start', counted='was_untagged_at_7_days', among='is_7_days_old'
) }}
