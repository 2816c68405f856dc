-- One row per encounter without a recording, with the first reason that the data give for it.
with unmatched as (
    select
        encounters.programme_id,
        encounters.encounter_id,
        encounters.encounter_date,
        encounters.from_ms - encounters.tolerance_ms as reach_from_ms,
        encounters.to_ms + encounters.tolerance_ms as reach_to_ms
    from {{ ref('int_encounter_times') }} as encounters
    left join {{ ref('int_encounter_footage') }} as footage
        on encounters.programme_id = footage.programme_id and encounters.encounter_id = footage.encounter_id
    where footage.encounter_id is null
),

attended as (
    select
        unmatched.*,
        officers.staff_id
    from unmatched
    inner join {{ ref('int_encounter_officers') }} as officers
        on unmatched.programme_id = officers.programme_id and unmatched.encounter_id = officers.encounter_id
    where officers.staff_id is not null
),

officer_days as (
    select
        attended.programme_id,
        attended.encounter_id,
        max(case when recordings.has_time then 1 else 0 end) = 1 as has_recording_with_time,
        max(case when recordings.has_time then 0 else 1 end) = 1 as has_recording_without_time
    from {{ ref('int_recording_times') }} as recordings
    inner join attended
        on
        recordings.programme_id = attended.programme_id
        and recordings.staff_id = attended.staff_id
        and recordings.recorded_date = attended.encounter_date
    group by attended.programme_id, attended.encounter_id
),

issued as (
    select
        attended.*,
        devices.camera_id
    from attended
    inner join {{ ref('int_devices') }} as devices
        on attended.programme_id = devices.programme_id and attended.staff_id = devices.staff_id
    where
        devices.issued_date <= attended.encounter_date
        and coalesce(devices.returned_date, date '9999-12-31') >= attended.encounter_date
),

credited_elsewhere as (
    select distinct
        issued.programme_id,
        issued.encounter_id
    from {{ ref('int_recording_times') }} as recordings
    inner join issued
        on
        recordings.programme_id = issued.programme_id
        and recordings.camera_id = issued.camera_id
        and recordings.recorded_date = issued.encounter_date
    where recordings.has_time and recordings.from_ms <= issued.reach_to_ms and recordings.to_ms >= issued.reach_from_ms
)

select
    unmatched.programme_id,
    unmatched.encounter_id,
    case
        when known.encounter_id is null then 'no officer known'
        when credited_elsewhere.encounter_id is not null then 'footage of its camera credited to somebody else'
        when equipped.encounter_id is null and suppliers.programme_id is not null then 'no camera issued'
        when officer_days.has_recording_without_time then 'recording of that day without a time'
        when officer_days.has_recording_with_time then 'recordings elsewhere in time'
        else 'no recording that day'
    end as unmatched_reason
from unmatched
left join (
    select distinct
        programme_id,
        encounter_id
    from attended
) as known
    on unmatched.programme_id = known.programme_id and unmatched.encounter_id = known.encounter_id
left join (
    select distinct
        programme_id,
        encounter_id
    from issued
) as equipped
    on unmatched.programme_id = equipped.programme_id and unmatched.encounter_id = equipped.encounter_id
left join (select distinct programme_id from {{ ref('int_devices') }}) as suppliers
    on unmatched.programme_id = suppliers.programme_id
left join officer_days
    on unmatched.programme_id = officer_days.programme_id and unmatched.encounter_id = officer_days.encounter_id
left join credited_elsewhere
    on
    unmatched.programme_id = credited_elsewhere.programme_id
    and unmatched.encounter_id = credited_elsewhere.encounter_id
