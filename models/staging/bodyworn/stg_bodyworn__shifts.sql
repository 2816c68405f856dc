-- Only worked shifts are exported in this layout, so every one of them counts as scheduled.
select
    programme_id,
    shift_id,
    staff_id,
    published_area,
    shift_from,
    shift_to,
    'Scheduled' as shift_kind
from {{ landed('bodyworn', 'shifts') }} as shifts
