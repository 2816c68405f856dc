with latest as (
    select *
    from {{ landed('dc_rct', 'district_periods') }} as district_periods
    {{ keep_latest('dc_rct', 'district_periods') }}
)

select
    programme_id,
    published_area,
    bin_start_day,
    arm_number = 1 as is_camera_arm,
    trial_officer_count,
    complaint_count,
    force_count
from latest
