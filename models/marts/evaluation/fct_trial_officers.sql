-- Read by the evaluation and never released: it has one row per officer.
select
    programme_id,
    officer_id,
    area_id,
    arm,
    is_camera_arm,
    block_id,
    camera_probability,
    force_before_count,
    force_after_count,
    complaints_before_count,
    complaints_after_count,
    pleas_before_count,
    pleas_after_count,
    videos_after_count,
    before_days,
    after_days
from {{ ref('int_trial_officers') }}
