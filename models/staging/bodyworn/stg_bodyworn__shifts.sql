-- Only worked shifts are exported in this layout.
select
    programme_id,
    shift_id,
    staff_id,
    published_area,
    shift_from,
    shift_to,
    true as is_worked
from {{ landed('bodyworn', 'shifts') }} as shifts
