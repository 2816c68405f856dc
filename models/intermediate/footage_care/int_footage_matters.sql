-- One row per recording and matter that a link ties it to (a stop, a use of force, a complaint or a case), with the method of
-- the link and the first day on which the matter was known: the day of the encounter, of the logging of the complaint, of
-- the charge.
with matters as (
    select
        links.programme_id,
        links.recording_id,
        encounters.encounter_kind as matter_kind,
        encounters.encounter_id as matter_id,
        links.link_method,
        cast(encounters.encounter_from as date) as known_date
    from {{ ref('int_encounter_recordings') }} as links
    inner join {{ ref('int_encounters') }} as encounters
        on links.programme_id = encounters.programme_id and links.encounter_id = encounters.encounter_id
    where encounters.encounter_kind in ('stop_and_search', 'use_of_force')
    union all
    select
        links.programme_id,
        links.recording_id,
        links.subject_kind as matter_kind,
        links.subject_id as matter_id,
        links.link_method,
        complaints.complaint_date as known_date
    from {{ ref('int_recording_links') }} as links
    inner join {{ ref('int_complaints') }} as complaints
        on links.programme_id = complaints.programme_id and links.subject_id = complaints.complaint_id
    where links.subject_kind = 'complaint'
    union all
    select
        links.programme_id,
        links.recording_id,
        links.subject_kind as matter_kind,
        links.subject_id as matter_id,
        links.link_method,
        cases.charge_date as known_date
    from {{ ref('int_recording_links') }} as links
    inner join {{ ref('int_cases') }} as cases
        on links.programme_id = cases.programme_id and links.subject_id = cases.case_id
    where links.subject_kind = 'case'
)

select
    programme_id,
    recording_id,
    matter_kind,
    matter_id,
    link_method,
    min(known_date) as known_date
from matters
group by all
