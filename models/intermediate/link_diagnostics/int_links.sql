-- One row per link of an encounter, complaint, case or request to a recording, at the area and month of what it is linked to.
select
    links.programme_id,
    encounters.area_id,
    encounters.month_start,
    'encounter' as subject_kind,
    links.link_method,
    links.link_confidence
from {{ ref('int_encounter_recordings') }} as links
inner join {{ ref('int_encounters') }} as encounters
    on links.programme_id = encounters.programme_id and links.encounter_id = encounters.encounter_id
union all
select
    links.programme_id,
    matters.area_id,
    matters.month_start,
    links.subject_kind,
    links.link_method,
    links.link_confidence
from {{ ref('int_recording_links') }} as links
inner join {{ ref('int_missing_footage') }} as matters
    on
    links.programme_id = matters.programme_id
    and links.subject_kind = matters.subject_kind
    and links.subject_id = matters.subject_id
