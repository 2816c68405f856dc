-- The export names neither camera nor officer, so its recordings stand at no known person's area.
select
    programme_id,
    recording_id,
    cast(null as {{ dbt.type_string() }}) as camera_id,
    cast(null as {{ dbt.type_string() }}) as staff_id,
    recorded_from,
    recorded_to,
    duration_seconds
from {{ landed('new_orleans', 'recordings') }} as recordings
