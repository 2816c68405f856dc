-- Shifts of staff in scope cut at clock hours: one row per shift and hour, from and before which millisecond of UTC, and for how
-- long. A time that an earlier shift of the person covers is left out: an hour of one person is worked once. Pieces of a second
-- or less are dropped; spreadsheets left shift times a millisecond early or late.
with known as (
    select
        programme_id,
        area_id,
        staff_id,
        shift_id,
        is_worked,
        month_start,
        from_utc_ms,
        to_utc_ms,
        max(to_utc_ms) over (
            partition by programme_id, staff_id
            order by from_utc_ms, to_utc_ms, shift_id
            rows between unbounded preceding and 1 preceding
        ) as worked_before_ms
    from {{ ref('int_shifts') }}
    where is_in_scope and to_utc_ms > from_utc_ms
),

added as (
    select
        programme_id,
        area_id,
        staff_id,
        shift_id,
        is_worked,
        month_start,
        greatest(from_utc_ms, coalesce(worked_before_ms, from_utc_ms)) as from_utc_ms,
        to_utc_ms
    from known
),

cut as (
    select
        added.*,
        {{ clock_hours('from_utc_ms', 'to_utc_ms') }} as hour_ms
    from added
    where to_utc_ms > from_utc_ms
),

pieces as (
    select
        programme_id,
        area_id,
        staff_id,
        shift_id,
        is_worked,
        month_start,
        hour_ms,
        greatest(from_utc_ms, hour_ms) as worked_from_ms,
        least(to_utc_ms, hour_ms + 3600000) as worked_before_ms
    from cut
)

select
    pieces.*,
    worked_before_ms - worked_from_ms as shift_ms
from pieces
where worked_before_ms - worked_from_ms > 1000
