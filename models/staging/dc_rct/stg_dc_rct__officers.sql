with latest as (
    select *
    from {{ landed('dc_rct', 'officers') }} as officers
    {{ keep_latest('dc_rct', 'officers') }}
)

select
    programme_id,
    officer_id,
    published_area,
    arm_number = 1 as is_camera_arm,
    block_id,
    camera_probability,
    force_before_count,
    force_after_count,
    complaints_before_count,
    complaints_after_count,
    pleas_before_count,
    pleas_after_count,
    recordings_after_count
from latest
