with latest as (
    select *
    from {{ landed('chicago_open_data', 'camera_dates') }} as camera_dates
    {{ keep_latest('chicago_open_data', 'camera_dates') }}
)

select
    programme_id,
    cast(district_number as {{ dbt.type_string() }}) as published_area,
    cameras_from,
    least(gunshot_sensors_from, support_centre_from) as other_reform_from
from latest
