-- One row per camera and period of issue, at the area that holds it; pool cameras have no person.
with devices as (
    {{ unite('devices', ['stg_bodyworn__devices']) }}
)

select
    devices.programme_id,
    devices.camera_id,
    devices.device_model,
    devices.staff_id,
    devices.published_area,
    names.area_id,
    devices.officer_role,
    devices.rollout_phase,
    devices.issued_date,
    devices.returned_date,
    devices.device_status,
    cast(date_trunc('month', devices.issued_date) as date) as month_start
from devices
left join {{ ref('int_area_names') }} as names
    on devices.programme_id = names.programme_id and devices.published_area = names.published_name
