with latest as (
    select *
    from {{ landed('tjjd', 'footage') }} as footage
    {{ keep_latest('tjjd', 'footage') }}
)

select
    programme_id,
    recording_id,
    camera_id,
    staff_id,
    recorded_from,
    recorded_to,
    duration_seconds
from latest
