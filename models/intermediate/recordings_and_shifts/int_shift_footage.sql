-- One row per shift of staff in scope, with the footage that falls in its clock hours. An hour in which two cameras ran
-- for one person counts once for each camera, on both sides; an hour shared by two shifts counts its footage in both.
select
    shift_hours.programme_id,
    shift_hours.area_id,
    shift_hours.staff_id,
    shift_hours.shift_id,
    shift_hours.is_worked,
    shift_hours.month_start,
    cast(sum(shift_hours.shift_ms) as bigint) as shift_ms,
    cast(coalesce(sum(recording_hours.footage_ms), 0) as bigint) as footage_ms
from {{ ref('int_shift_hours') }} as shift_hours
left join {{ ref('int_recording_hours') }} as recording_hours
    on shift_hours.programme_id = recording_hours.programme_id
    and shift_hours.staff_id = recording_hours.staff_id
    and shift_hours.hour_ms = recording_hours.hour_ms
group by all
