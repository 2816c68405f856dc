{{ share_by_month(ref('int_recording_care'), 'month_start', counted='is_reviewed', among='has_reviews') }}
