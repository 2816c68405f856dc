-- One row per shift of staff in scope, with the footage of its person that falls in it.
with filmed as (
    select
        programme_id,
        staff_id,
        shift_id,
        month_start,
        sum(footage_ms) as footage_ms
    from {{ near('int_filmed_shift_hours') }}
    group by all
),

shifts as (
    select
        programme_id,
        area_id,
        staff_id,
        shift_id,
        is_worked,
        month_start,
        sum(worked_ms) as shift_ms
    from {{ near('int_shift_hours') }}
    group by all
)

select
    shifts.programme_id,
    shifts.area_id,
    shifts.staff_id,
    shifts.shift_id,
    shifts.is_worked,
    shifts.month_start,
    cast(shifts.shift_ms as bigint) as shift_ms,
    cast(coalesce(filmed.footage_ms, 0) as bigint) as footage_ms
from shifts
left join filmed
    on shifts.programme_id = filmed.programme_id
    and shifts.staff_id = filmed.staff_id
    and shifts.shift_id = filmed.shift_id
    and shifts.month_start = filmed.month_start
