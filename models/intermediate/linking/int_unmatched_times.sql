-- One row per encounter or complaint without a recording and each officer known to have been there, or one without an officer;
-- with its day and, where a time of day is known, the moments within the tolerance of the programme.
with incidents as (
    select
        complaints.programme_id,
        complaints.complaint_id,
        complaints.staff_id,
        complaints.incident_date,
        coalesce(programmes.match_tolerance_seconds, 0) * 1000 as tolerance_ms,
        case
            when {{ milliseconds('complaints.incident_from') }} % 86400000 <> 0
                then {{ milliseconds('complaints.incident_from') }}
        end as incident_ms
    from {{ ref('int_complaints') }} as complaints
    inner join {{ ref('int_programmes') }} as programmes on complaints.programme_id = programmes.programme_id
    left join {{ ref('int_recording_links') }} as links
        on
        complaints.programme_id = links.programme_id
        and links.subject_kind = 'complaint'
        and complaints.complaint_id = links.subject_id
    where links.subject_id is null
)

select
    encounters.programme_id,
    'encounter' as subject_kind,
    encounters.encounter_id as subject_id,
    officers.staff_id,
    encounters.encounter_date as subject_date,
    encounters.from_ms - encounters.tolerance_ms as reach_from_ms,
    encounters.to_ms + encounters.tolerance_ms as reach_to_ms
from {{ ref('int_encounter_times') }} as encounters
left join {{ ref('int_encounter_footage') }} as footage
    on encounters.programme_id = footage.programme_id and encounters.encounter_id = footage.encounter_id
left join {{ ref('int_encounter_officers') }} as officers
    on
    encounters.programme_id = officers.programme_id
    and encounters.encounter_id = officers.encounter_id
    and officers.staff_id is not null
where footage.encounter_id is null
union all
select
    programme_id,
    'complaint' as subject_kind,
    complaint_id as subject_id,
    staff_id,
    incident_date as subject_date,
    incident_ms - tolerance_ms as reach_from_ms,
    incident_ms + tolerance_ms as reach_to_ms
from incidents
