-- Shifts of staff in scope cut at clock hours: one row per shift and hour, from and before which millisecond of UTC, and for how
-- long. An hour of one person is worked once.
select
    programme_id,
    area_id,
    staff_id,
    shift_id,
    is_worked,
    month_start,
    hour_ms,
    counted_from_ms as worked_from_ms,
    counted_before_ms as worked_before_ms,
    counted_before_ms - counted_from_ms as shift_ms
from {{ hours_counted_once(ref('int_shifts'), 'shift_id', kept=['is_worked']) }} as shift_hours
