-- One row per encounter: whether, how soon, how long and by how many cameras it was filmed, and what explains it if not. From
-- the outset and entire allow the seconds of `coverage_grace_seconds`; they are unknown where the times of the footage or the
-- end of the encounter are. An explanation by the data goes before one that an officer wrote.
with officers as (
    select
        programme_id,
        encounter_id,
        count(staff_id) as officer_count
    from {{ ref('int_encounter_officers') }}
    group by programme_id, encounter_id
),

covered as (
    select
        encounters.programme_id,
        encounters.encounter_id,
        encounters.encounter_kind,
        encounters.area_id,
        encounters.month_start,
        cast(encounters.encounter_from as date) as encounter_date,
        encounters.camera_off_reason,
        coalesce(officers.officer_count, 0) as officer_count,
        equipped.encounter_id is not null as was_equipped,
        footage.encounter_id is not null as has_recording,
        coalesce(footage.is_matched_by_reference, false) as is_matched_by_reference,
        coalesce(footage.is_matched_without_tolerance, false) as is_matched_without_tolerance,
        coalesce(footage.recording_count, 0) as recording_count,
        coalesce(footage.camera_count, 0) as camera_count,
        footage.link_confidence,
        footage.is_timed,
        footage.late_start_seconds,
        footage.early_stop_seconds,
        footage.longest_gap_seconds,
        coalesce(unmatched.unmatched_reason, '') as unmatched_reason
    from {{ ref('int_encounters') }} as encounters
    left join officers
        on encounters.programme_id = officers.programme_id and encounters.encounter_id = officers.encounter_id
    left join {{ ref('int_equipped_encounters') }} as equipped
        on encounters.programme_id = equipped.programme_id and encounters.encounter_id = equipped.encounter_id
    left join {{ ref('int_encounter_footage') }} as footage
        on encounters.programme_id = footage.programme_id and encounters.encounter_id = footage.encounter_id
    left join {{ ref('int_unmatched_reasons') }} as unmatched
        on
        encounters.programme_id = unmatched.programme_id
        and encounters.encounter_id = unmatched.subject_id
        and unmatched.subject_kind = 'encounter'
)

select
    covered.*,
    late_start_seconds <= {{ var('coverage_grace_seconds') }} as is_from_outset,
    has_recording
    and late_start_seconds <= {{ var('coverage_grace_seconds') }}
    and early_stop_seconds <= {{ var('coverage_grace_seconds') }}
    and longest_gap_seconds <= {{ var('coverage_grace_seconds') }} as is_entire,
    case
        when has_recording then ''
        when unmatched_reason in (
                'no officer known',
                'footage of its camera credited to somebody else',
                'no camera issued',
                'officer not on shift',
                'recording of that day without a time'
            ) then 'data'
        when camera_off_reason is not null then 'reason'
        else 'unexplained'
    end as explained_by
from covered
