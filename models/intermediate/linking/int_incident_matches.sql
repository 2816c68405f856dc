-- One row per pair of a complaint that no reference links to footage and a recording of its officer at the time of the incident,
-- within twice the tolerance of the programme. Pairs within the tolerance are links; the others show what a wider one would add.
with incidents as (
    select
        complaints.programme_id,
        complaints.complaint_id,
        complaints.staff_id,
        {{ milliseconds('complaints.incident_from') }} as incident_ms
    from {{ ref('int_complaints') }} as complaints
    left join {{ ref('int_reference_links') }} as by_reference
        on
        complaints.programme_id = by_reference.programme_id
        and by_reference.subject_kind = 'complaint'
        and complaints.complaint_id = by_reference.subject_id
    where by_reference.subject_id is null and complaints.staff_id is not null and complaints.incident_from is not null
),

-- A recording of that moment began on the same day or, near midnight, on the day before or after.
incident_days as (
    select
        incidents.*,
        incidents.incident_ms - incidents.incident_ms % 86400000 + days.shift_ms as day_ms
    from incidents
    cross join (
        select -86400000 as shift_ms
        union all
        select 0 as shift_ms
        union all
        select 86400000 as shift_ms
    ) as days
    where incidents.incident_ms % 86400000 <> 0
)

select
    incidents.programme_id,
    incidents.complaint_id,
    recordings.recording_id,
    recordings.tolerance_ms,
    greatest(0, recordings.from_ms - incidents.incident_ms, incidents.incident_ms - recordings.to_ms) as gap_ms
from {{ ref('int_recording_times') }} as recordings
inner join incident_days as incidents
    on
    recordings.programme_id = incidents.programme_id
    and recordings.staff_id = incidents.staff_id
    and recordings.from_ms - recordings.from_ms % 86400000 = incidents.day_ms
where
    recordings.has_time
    and incidents.incident_ms >= recordings.from_ms - 2 * recordings.tolerance_ms
    and incidents.incident_ms <= recordings.to_ms + 2 * recordings.tolerance_ms
