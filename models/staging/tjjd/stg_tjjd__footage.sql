select
    programme_id,
    recording_id,
    camera_id,
    staff_id,
    recorded_from,
    recorded_to,
    duration_seconds
from {{ landed('tjjd', 'footage') }} as footage
