select
    programme_id,
    cast(district_number as {{ dbt.type_string() }}) as published_area,
    cameras_from
from {{ landed('chicago_open_data', 'camera_dates') }} as camera_dates
