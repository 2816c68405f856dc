with latest as (
    select *
    from {{ landed('bodyworn', 'requests') }} as requests
    {{ keep_latest('bodyworn', 'requests') }}
)

select
    programme_id,
    request_id,
    request_kind,
    published_area,
    received_date,
    due_date,
    closed_date,
    request_outcome,
    footage_date,
    hold_placed_at,
    recording_id,
    encounter_id
from latest
