-- Only worked shifts are exported in this layout.
with latest as (
    select *
    from {{ landed('bodyworn', 'shifts') }} as shifts
    {{ keep_latest('bodyworn', 'shifts') }}
)

select
    programme_id,
    shift_id,
    staff_id,
    published_area,
    shift_from,
    shift_to,
    true as is_worked
from latest
