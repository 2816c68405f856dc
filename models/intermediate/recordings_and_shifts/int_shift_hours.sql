-- Shifts of staff in scope cut at clock hours: one row per shift and hour, with the milliseconds of the shift in it.
-- Pieces of a second or less are dropped; spreadsheets left shift times a millisecond early or late.
with pieces as (
    select
        programme_id,
        area_id,
        staff_id,
        shift_id,
        is_worked,
        month_start,
        from_ms,
        to_ms,
        {{ clock_hours('from_ms', 'to_ms') }} as hour_ms
    from {{ ref('int_shifts') }}
    where is_in_scope and to_ms > from_ms
),

cut as (
    select
        programme_id,
        area_id,
        staff_id,
        shift_id,
        is_worked,
        month_start,
        hour_ms,
        least(to_ms, hour_ms + 3600000) - greatest(from_ms, hour_ms) as shift_ms
    from pieces
)

select
    programme_id,
    area_id,
    staff_id,
    shift_id,
    is_worked,
    month_start,
    hour_ms,
    shift_ms
from cut
where shift_ms > 1000
