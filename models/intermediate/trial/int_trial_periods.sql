-- One row per district, arm and 30-day period, with the calendar date on which the period begins.
with periods as (
    {{ unite('trial_periods', ['stg_dc_rct__district_periods']) }}
)

select
    periods.programme_id,
    names.area_id,
    case when periods.is_camera_arm then 'camera' else 'control' end as arm,
    cast({{ dbt.dateadd('day', 'periods.bin_start_day', 'windows.deployed_on') }} as date) as bin_start_date,
    periods.bin_start_day,
    periods.trial_officer_count,
    periods.trial_officer_count * 30 as officer_days,
    periods.complaint_count,
    periods.force_count
from periods
left join {{ ref('int_area_names') }} as names
    on periods.programme_id = names.programme_id and periods.published_area = names.published_name
left join {{ ref('int_trial_windows') }} as windows
    on names.programme_id = windows.programme_id and names.area_id = windows.area_id
