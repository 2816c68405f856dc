-- One row per recording and matter it bears on by a reference on file (a stop, a use of force, a complaint or a case), with the
-- first day on which the matter was known: the day of the encounter, of the logging of the complaint, of the charge.
with filmed as (
    select
        programme_id,
        recording_id,
        encounter_id,
        case_id
    from {{ ref('int_recordings') }}
    where encounter_id is not null or case_id is not null
),

matters as (
    select
        filmed.programme_id,
        filmed.recording_id,
        encounters.encounter_kind as matter_kind,
        encounters.encounter_id as matter_id,
        cast(encounters.encounter_from as date) as known_date
    from filmed
    inner join {{ ref('int_encounters') }} as encounters
        on filmed.programme_id = encounters.programme_id and filmed.encounter_id = encounters.encounter_id
    where encounters.encounter_kind in ('stop_and_search', 'use_of_force')
    union all
    select
        filmed.programme_id,
        filmed.recording_id,
        'complaint' as matter_kind,
        complaints.complaint_id as matter_id,
        complaints.complaint_date as known_date
    from filmed
    inner join {{ ref('int_complaints') }} as complaints
        on filmed.programme_id = complaints.programme_id and filmed.encounter_id = complaints.encounter_id
    union all
    select
        filmed.programme_id,
        filmed.recording_id,
        'case' as matter_kind,
        cases.case_id as matter_id,
        cases.charge_date as known_date
    from filmed
    inner join {{ ref('int_cases') }} as cases
        on filmed.programme_id = cases.programme_id and filmed.case_id = cases.case_id
)

select
    programme_id,
    recording_id,
    matter_kind,
    matter_id,
    min(known_date) as known_date
from matters
group by all
