select
    study_id,
    event_period,
    period_log_ratio,
    unit_count
from {{ derived('evaluation', 'study_points') }} as study_points
