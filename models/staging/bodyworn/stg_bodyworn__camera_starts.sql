select
    programme_id,
    published_area,
    cameras_from
from {{ landed('bodyworn', 'camera_starts') }} as camera_starts
