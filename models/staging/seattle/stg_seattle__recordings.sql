-- Lengths come in hundredths of a second; the feed counts whole ones.
select
    programme_id,
    recording_id,
    cast(null as {{ dbt.type_string() }}) as camera_id,
    staff_id,
    recorded_from,
    recorded_to,
    cast(round(duration_seconds) as bigint) as duration_seconds
from {{ landed('seattle', 'recordings') }} as recordings
