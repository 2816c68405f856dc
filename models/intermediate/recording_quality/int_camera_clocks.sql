-- One row per camera with ten recordings or more that state their encounter: by how much its clock is off. The lower quartile of
-- the seconds from the start of an encounter to filming is compared with that of all cameras of the programme: some officers
-- always film late, so a middle would move with them, and hardly anybody films long before the start. A programme that states
-- no tolerance is not judged.
with starts as (
    select
        recordings.programme_id,
        recordings.camera_id,
        encounters.tolerance_ms,
        cast(recordings.filmed_from_ms - encounters.from_ms as double) as offset_ms
    from {{ ref('int_recording_times') }} as recordings
    inner join {{ ref('int_encounter_times') }} as encounters
        on recordings.programme_id = encounters.programme_id and recordings.encounter_id = encounters.encounter_id
    where
        recordings.has_time
        and recordings.camera_id is not null
        and encounters.tolerance_ms > 0
        and abs(recordings.filmed_from_ms - encounters.from_ms) < 86400000
),

usual as (
    select
        programme_id,
        percentile_cont(0.25) within group (order by offset_ms) as usual_ms
    from starts
    group by all
),

cameras as (
    select
        programme_id,
        camera_id,
        max(tolerance_ms) as tolerance_ms,
        count(*) as encounter_count,
        percentile_cont(0.25) within group (order by offset_ms) as camera_ms
    from starts
    group by all
)

select
    cameras.programme_id,
    cameras.camera_id,
    cameras.encounter_count,
    cast((cameras.camera_ms - usual.usual_ms) / 1000 as decimal(18, 3)) as seconds_off,
    abs(cameras.camera_ms - usual.usual_ms) > cameras.tolerance_ms as is_off
from cameras
inner join usual on cameras.programme_id = usual.programme_id
where cameras.encounter_count >= 10
