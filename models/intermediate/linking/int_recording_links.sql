-- One row per recording and the case, complaint or request it is about, references first. A complaint that no reference leads to
-- a recording takes those of its officer at the time of the incident, within the tolerance of the programme. Cases and requests
-- carry no officer and no time of day: nothing but a reference links them.
select
    programme_id,
    subject_kind,
    subject_id,
    recording_id,
    link_method,
    link_confidence
from {{ ref('int_reference_links') }}
union all
select
    programme_id,
    'complaint' as subject_kind,
    complaint_id as subject_id,
    recording_id,
    case when gap_ms = 0 then 'interval' else 'interval_tolerance' end as link_method,
    case when gap_ms = 0 then cast(0.6 as double) else cast(0.3 as double) end as link_confidence
from {{ ref('int_incident_matches') }}
where gap_ms <= tolerance_ms
