-- One row per district of a trial, with the day its cameras came and the two windows compared.
with windows as (
    {{ unite('trial_windows', ['stg_dc_rct__deployment_dates']) }}
)

select
    windows.programme_id,
    names.area_id,
    windows.deployed_on,
    windows.before_from,
    windows.after_from,
    windows.before_days,
    windows.after_days
from windows
left join {{ ref('int_area_names') }} as names
    on windows.programme_id = names.programme_id and windows.published_area = names.published_name
