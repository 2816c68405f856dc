with latest as (
    select *
    from {{ landed('bodyworn', 'encounters') }} as encounters
    {{ keep_latest('bodyworn', 'encounters') }}
)

select
    programme_id,
    encounter_id,
    encounter_kind,
    encounter_from,
    encounter_to,
    published_area,
    camera_off_reason
from latest
