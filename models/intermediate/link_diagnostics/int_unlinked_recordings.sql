-- One row per recording of a programme that supplies encounters: why no encounter, complaint, case or request is linked to it,
-- or an empty text where one is.
with linked as (
    select
        programme_id,
        recording_id
    from {{ ref('int_encounter_recordings') }}
    union
    select
        programme_id,
        recording_id
    from {{ ref('int_recording_links') }}
),

attended as (
    select distinct
        encounters.programme_id,
        officers.staff_id,
        encounters.encounter_date
    from {{ ref('int_encounter_times') }} as encounters
    inner join {{ ref('int_encounter_officers') }} as officers
        on encounters.programme_id = officers.programme_id and encounters.encounter_id = officers.encounter_id
)

select
    recordings.programme_id,
    recordings.recording_id,
    recordings.area_id,
    recordings.month_start,
    case
        when linked.recording_id is not null then ''
        when recordings.encounter_id is not null or recordings.case_id is not null then 'reference unknown'
        when recordings.staff_id is null then 'no officer known'
        when recordings.from_ms % 86400000 = 0 then 'time of day not known'
        when attended.staff_id is null then 'its officer attended no encounter that day'
        else 'its officer attended encounters at other times'
    end as unmatched_reason
from {{ ref('int_recordings') }} as recordings
inner join (select distinct programme_id from {{ ref('int_encounters') }}) as supplied
    on recordings.programme_id = supplied.programme_id
left join linked
    on recordings.programme_id = linked.programme_id and recordings.recording_id = linked.recording_id
left join attended
    on
    recordings.programme_id = attended.programme_id
    and recordings.staff_id = attended.staff_id
    and cast(recordings.recorded_from as date) = attended.encounter_date
