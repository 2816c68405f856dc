select
    programme_id,
    published_area,
    cameras_from,
    cast(null as date) as other_reform_from
from {{ landed('bodyworn', 'camera_starts') }} as camera_starts
