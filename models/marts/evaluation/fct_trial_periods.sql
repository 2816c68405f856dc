-- Read by studies and never released, as its counts are released by metric: one row per district, arm and 30-day period.
select
    programme_id,
    area_id,
    arm,
    bin_start_day,
    trial_officer_count,
    complaint_count,
    force_count
from {{ ref('int_trial_periods') }}
