-- Recordings of staff in scope cut at clock hours: one row per person, camera and hour, with the milliseconds filmed in it.
-- Pieces of a second or less are dropped; they come from clocks that are a moment early or late.
with pieces as (
    select
        programme_id,
        area_id,
        staff_id,
        camera_id,
        month_start,
        from_ms,
        to_ms,
        {{ clock_hours('from_ms', 'to_ms') }} as hour_ms
    from {{ ref('int_recordings') }}
    where is_in_scope
),

cut as (
    select
        programme_id,
        area_id,
        staff_id,
        camera_id,
        month_start,
        hour_ms,
        least(to_ms, hour_ms + 3600000) - greatest(from_ms, hour_ms) as piece_ms
    from pieces
)

select
    programme_id,
    area_id,
    staff_id,
    camera_id,
    month_start,
    hour_ms,
    cast(sum(piece_ms) as bigint) as footage_ms
from cut
where piece_ms > 1000
group by all
