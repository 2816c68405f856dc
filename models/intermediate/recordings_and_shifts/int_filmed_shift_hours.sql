-- One row per recording, shift and clock hour in which both ran for the same person, and for how long.
select
    shift_hours.programme_id,
    shift_hours.staff_id,
    shift_hours.shift_id,
    shift_hours.month_start,
    recording_hours.recording_id,
    recording_hours.month_start as recording_month,
    shift_hours.hour_ms,
    least(shift_hours.worked_before_ms, recording_hours.filmed_before_ms)
    - greatest(shift_hours.worked_from_ms, recording_hours.filmed_from_ms) as footage_ms
from {{ near('int_shift_hours') }} as shift_hours
inner join {{ near('int_recording_hours') }} as recording_hours
    on shift_hours.programme_id = recording_hours.programme_id
    and shift_hours.staff_id = recording_hours.staff_id
    and shift_hours.hour_ms = recording_hours.hour_ms
    and shift_hours.worked_from_ms < recording_hours.filmed_before_ms
    and shift_hours.worked_before_ms > recording_hours.filmed_from_ms
