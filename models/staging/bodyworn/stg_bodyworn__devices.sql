with latest as (
    select *
    from {{ landed('bodyworn', 'devices') }} as devices
    {{ keep_latest('bodyworn', 'devices') }}
)

select
    programme_id,
    camera_id,
    device_model,
    staff_id,
    published_area,
    officer_role,
    rollout_phase,
    issued_date,
    returned_date,
    device_status
from latest
