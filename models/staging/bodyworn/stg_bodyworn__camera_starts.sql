with latest as (
    select *
    from {{ landed('bodyworn', 'camera_starts') }} as camera_starts
    {{ keep_latest('bodyworn', 'camera_starts') }}
)

select
    programme_id,
    published_area,
    cameras_from
from latest
