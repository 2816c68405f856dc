with latest as (
    select *
    from {{ landed('tjjd', 'shifts') }} as shifts
    {{ keep_latest('tjjd', 'shifts') }}
)

select
    programme_id,
    shift_id,
    staff_id,
    published_area,
    {{ at_time('shift_start_day', 'shift_start_time') }} as shift_from,
    {{ at_time('shift_end_day', 'shift_end_time') }} as shift_to,
    shift_kind <> 'Time Off' as is_worked
from latest
