-- One row per complaint, case and request of a programme that supplies recordings: why it has no footage, or an empty text
-- where a linked recording was still held when it came up. Withdrawn requests are left out.
with matters as (
    select
        programme_id,
        'complaint' as subject_kind,
        complaint_id as subject_id,
        area_id,
        month_start,
        complaint_date as known_date,
        encounter_id,
        'no recording that day' as otherwise
    from {{ ref('int_complaints') }}
    union all
    select
        programme_id,
        'case' as subject_kind,
        case_id as subject_id,
        min(area_id) as area_id,
        min(month_start) as month_start,
        min(charge_date) as known_date,
        cast(null as {{ dbt.type_string() }}) as encounter_id,
        case
            when max(case when camera_evidence_used then 1 else 0 end) = 1
                then 'camera evidence used, no recording names the case'
            else 'no recording names the case'
        end as otherwise
    from {{ ref('int_cases') }}
    group by programme_id, case_id
    union all
    select
        programme_id,
        'request' as subject_kind,
        request_id as subject_id,
        area_id,
        month_start,
        received_date as known_date,
        encounter_id,
        case when recording_id is null then 'names no recording or encounter' else 'reference unknown' end as otherwise
    from {{ ref('int_requests') }}
    where request_outcome is null or request_outcome <> 'withdrawn'
),

linked as (
    select
        matters.programme_id,
        matters.subject_kind,
        matters.subject_id,
        matters.area_id,
        matters.month_start,
        matters.encounter_id,
        matters.otherwise,
        count(recordings.recording_id) as linked_count,
        count(recordings.recording_id) filter (
            where recordings.deleted_at is null or cast(recordings.deleted_at as date) > matters.known_date
        ) as held_count
    from matters
    inner join {{ ref('int_footage_supplied') }} as supplied on matters.programme_id = supplied.programme_id
    left join {{ ref('int_recording_links') }} as links
        on
        matters.programme_id = links.programme_id
        and matters.subject_kind = links.subject_kind
        and matters.subject_id = links.subject_id
    left join {{ ref('int_recordings') }} as recordings
        on links.programme_id = recordings.programme_id and links.recording_id = recordings.recording_id
    group by all
)

select
    linked.programme_id,
    linked.subject_kind,
    linked.subject_id,
    linked.area_id,
    linked.month_start,
    case
        when linked.held_count > 0 then ''
        when linked.linked_count > 0 then 'recording deleted by then'
        when linked.encounter_id is not null and encounters.encounter_id is null then 'reference unknown'
        else coalesce(of_the_encounter.unmatched_reason, of_the_complaint.unmatched_reason, linked.otherwise)
    end as unmatched_reason
from linked
left join {{ ref('int_encounters') }} as encounters
    on linked.programme_id = encounters.programme_id and linked.encounter_id = encounters.encounter_id
left join {{ ref('int_unmatched_reasons') }} as of_the_encounter
    on
    linked.programme_id = of_the_encounter.programme_id
    and of_the_encounter.subject_kind = 'encounter'
    and linked.encounter_id = of_the_encounter.subject_id
left join {{ ref('int_unmatched_reasons') }} as of_the_complaint
    on
    linked.programme_id = of_the_complaint.programme_id
    and linked.subject_kind = of_the_complaint.subject_kind
    and linked.subject_id = of_the_complaint.subject_id
