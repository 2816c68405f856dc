-- One row per recording and the case, complaint or request that a reference ties it to. A link over an encounter has the method
-- and confidence with which the encounter and the recording are linked.
with about as (
    select
        programme_id,
        'complaint' as subject_kind,
        complaint_id as subject_id,
        encounter_id
    from {{ ref('int_complaints') }}
    where encounter_id is not null
    union all
    select
        programme_id,
        'request' as subject_kind,
        request_id as subject_id,
        encounter_id
    from {{ ref('int_requests') }}
    where encounter_id is not null
),

links as (
    select distinct
        cases.programme_id,
        'case' as subject_kind,
        cases.case_id as subject_id,
        recordings.recording_id,
        'reference' as link_method,
        cast(1.0 as double) as link_confidence
    from {{ ref('int_cases') }} as cases
    inner join {{ ref('int_recordings') }} as recordings
        on cases.programme_id = recordings.programme_id and cases.case_id = recordings.case_id
    union all
    select
        requests.programme_id,
        'request' as subject_kind,
        requests.request_id as subject_id,
        recordings.recording_id,
        'reference' as link_method,
        cast(1.0 as double) as link_confidence
    from {{ ref('int_requests') }} as requests
    inner join {{ ref('int_recordings') }} as recordings
        on requests.programme_id = recordings.programme_id and requests.recording_id = recordings.recording_id
    union all
    select
        about.programme_id,
        about.subject_kind,
        about.subject_id,
        recordings.recording_id,
        'reference' as link_method,
        cast(1.0 as double) as link_confidence
    from about
    inner join {{ ref('int_recordings') }} as recordings
        on about.programme_id = recordings.programme_id and about.encounter_id = recordings.encounter_id
    union all
    select
        about.programme_id,
        about.subject_kind,
        about.subject_id,
        recordings.recording_id,
        recordings.link_method,
        recordings.link_confidence
    from about
    inner join {{ ref('int_encounter_recordings') }} as recordings
        on about.programme_id = recordings.programme_id and about.encounter_id = recordings.encounter_id
)

select *
from links
qualify row_number() over (
        partition by programme_id, subject_kind, subject_id, recording_id
        order by link_confidence desc, link_method desc
    ) = 1
