-- What each recording of staff in scope adds to the footage of its person, cut at clock hours: one row per recording and hour,
-- from and before which millisecond of UTC. An hour of one person counts once, whether two cameras ran or one recording stands
-- under three numbers.
select
    programme_id,
    area_id,
    staff_id,
    recording_id,
    month_start,
    hour_ms,
    counted_from_ms as filmed_from_ms,
    counted_before_ms as filmed_before_ms
from {{ hours_counted_once(ref('int_recordings'), 'recording_id') }} as recording_hours
