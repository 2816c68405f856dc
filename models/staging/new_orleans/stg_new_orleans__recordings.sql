-- The export names neither camera nor officer, so its recordings belong to no known person's area.
with latest as (
    select *
    from {{ landed('new_orleans', 'recordings') }} as recordings
    {{ keep_latest('new_orleans', 'recordings') }}
)

select
    programme_id,
    recording_id,
    recorded_from,
    recorded_to,
    duration_seconds
from latest
