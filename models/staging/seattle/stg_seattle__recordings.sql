-- Lengths come in hundredths of a second; the feed counts whole ones.
with latest as (
    select *
    from {{ landed('seattle', 'recordings') }} as recordings
    {{ keep_latest('seattle', 'recordings') }}
)

select
    programme_id,
    recording_id,
    staff_id,
    recorded_from,
    recorded_to,
    cast(round(duration_seconds) as bigint) as duration_seconds
from latest
