-- One row per encounter and recording of an officer who attended it, whose times touch when the encounter is widened by twice
-- the tolerance of the programme; links keep to the tolerance, the rest shows what a wider one would add. Both are cut at clock
-- hours (at most a day of them) so that only what lies in the same hour of the same officer is compared; a pair is kept in the
-- one hour in which it begins to touch.
with recording_hours as (
    select
        programme_id,
        recording_id,
        staff_id,
        camera_id,
        encounter_id as stated_encounter_id,
        from_ms,
        to_ms,
        filmed_from_ms,
        filmed_to_ms,
        {{ clock_hours('from_ms', 'least(to_ms, from_ms + 86400000)') }} as hour_ms
    from {{ near('int_recording_times') }}
    where staff_id is not null and has_time
),

attended as (
    select
        encounters.programme_id,
        encounters.encounter_id,
        encounters.month_start,
        officers.staff_id,
        encounters.from_ms,
        encounters.to_ms,
        encounters.has_end,
        encounters.tolerance_ms,
        encounters.from_ms - 2 * encounters.tolerance_ms as reach_from_ms,
        encounters.to_ms + 2 * encounters.tolerance_ms as reach_to_ms
    from {{ near('int_encounter_times') }} as encounters
    inner join {{ near('int_encounter_officers') }} as officers
        on encounters.programme_id = officers.programme_id and encounters.encounter_id = officers.encounter_id
),

attended_hours as (
    select
        attended.*,
        {{ clock_hours('reach_from_ms', 'least(reach_to_ms, reach_from_ms + 86400000)') }} as hour_ms
    from attended
)

select
    attended_hours.programme_id,
    attended_hours.encounter_id,
    attended_hours.month_start,
    recording_hours.recording_id,
    recording_hours.staff_id,
    recording_hours.camera_id,
    recording_hours.stated_encounter_id,
    attended_hours.from_ms as encounter_from_ms,
    attended_hours.to_ms as encounter_to_ms,
    attended_hours.has_end,
    recording_hours.filmed_from_ms,
    recording_hours.filmed_to_ms,
    attended_hours.tolerance_ms,
    greatest(0, recording_hours.from_ms - attended_hours.to_ms, attended_hours.from_ms - recording_hours.to_ms) as gap_ms
from attended_hours
inner join recording_hours
    on
    attended_hours.programme_id = recording_hours.programme_id
    and attended_hours.staff_id = recording_hours.staff_id
    and attended_hours.hour_ms = recording_hours.hour_ms
where
    recording_hours.from_ms <= attended_hours.reach_to_ms
    and recording_hours.to_ms >= attended_hours.reach_from_ms
    and greatest(recording_hours.from_ms, attended_hours.reach_from_ms) >= attended_hours.hour_ms
    and greatest(recording_hours.from_ms, attended_hours.reach_from_ms) < attended_hours.hour_ms + 3600000
