with latest as (
    select *
    from {{ landed('bodyworn', 'encounter_officers') }} as encounter_officers
    {{ keep_latest('bodyworn', 'encounter_officers') }}
)

select
    programme_id,
    encounter_id,
    staff_id
from latest
