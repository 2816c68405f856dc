-- One row per officer of a trial whose records are open officer by officer, with the length of the windows compared.
with officers as (
    {{ unite('trial_officers', ['stg_dc_rct__officers']) }}
)

select
    officers.programme_id,
    names.area_id,
    officers.officer_id,
    officers.is_camera_arm,
    case when officers.is_camera_arm then 'camera' else 'control' end as arm,
    officers.block_id,
    officers.camera_probability,
    officers.force_before_count,
    officers.force_after_count,
    officers.complaints_before_count,
    officers.complaints_after_count,
    officers.pleas_before_count,
    officers.pleas_after_count,
    officers.recordings_after_count,
    windows.before_from,
    windows.after_from,
    windows.before_days,
    windows.after_days
from officers
left join {{ ref('int_area_names') }} as names
    on officers.programme_id = names.programme_id and officers.published_area = names.published_name
left join {{ ref('int_trial_windows') }} as windows
    on names.programme_id = windows.programme_id and names.area_id = windows.area_id
