-- What the files say of every encounter and complaint without a recording, a row for each fact: who was there, whether a camera
-- was out, whether anybody filmed that day, and who was on shift.
with issued as (
    select
        unmatched.*,
        devices.camera_id
    from {{ ref('int_unmatched_times') }} as unmatched
    inner join {{ ref('int_devices') }} as devices
        on unmatched.programme_id = devices.programme_id and unmatched.staff_id = devices.staff_id
    where
        devices.issued_date <= unmatched.subject_date
        and coalesce(devices.returned_date, date '9999-12-31') >= unmatched.subject_date
),

-- A shift that covers the moment began on the same day, the day before or the day after.
shift_days as (
    select
        unmatched.*,
        unmatched.reach_from_ms - unmatched.reach_from_ms % 86400000 + days.shift_ms as day_ms
    from {{ ref('int_unmatched_times') }} as unmatched
    cross join (
        select -86400000 as shift_ms
        union all
        select 0 as shift_ms
        union all
        select 86400000 as shift_ms
    ) as days
)

select
    programme_id,
    subject_kind,
    subject_id,
    case
        when subject_date is null then 'no day'
        when staff_id is null then 'no officer'
        when reach_from_ms is null then 'officer at no known moment'
        else 'officer'
    end as fact
from {{ ref('int_unmatched_times') }}
union all
select
    programme_id,
    subject_kind,
    subject_id,
    'camera' as fact
from issued
union all
select
    issued.programme_id,
    issued.subject_kind,
    issued.subject_id,
    'footage of the camera' as fact
from {{ ref('int_recording_times') }} as recordings
inner join issued
    on
    recordings.programme_id = issued.programme_id
    and recordings.camera_id = issued.camera_id
    and recordings.recorded_date = issued.subject_date
where recordings.has_time and recordings.from_ms <= issued.reach_to_ms and recordings.to_ms >= issued.reach_from_ms
union all
select
    unmatched.programme_id,
    unmatched.subject_kind,
    unmatched.subject_id,
    case when recordings.has_time then 'footage' else 'footage without a time' end as fact
from {{ ref('int_recording_times') }} as recordings
inner join {{ ref('int_unmatched_times') }} as unmatched
    on
    recordings.programme_id = unmatched.programme_id
    and recordings.staff_id = unmatched.staff_id
    and recordings.recorded_date = unmatched.subject_date
union all
select
    shift_days.programme_id,
    shift_days.subject_kind,
    shift_days.subject_id,
    'shift' as fact
from {{ ref('int_shifts') }} as shifts
inner join shift_days
    on
    shifts.programme_id = shift_days.programme_id
    and shifts.staff_id = shift_days.staff_id
    and shifts.from_ms - shifts.from_ms % 86400000 = shift_days.day_ms
where shifts.is_worked and shifts.from_ms <= shift_days.reach_to_ms and shifts.to_ms >= shift_days.reach_from_ms
