select
    programme_id,
    shift_id,
    staff_id,
    published_area,
    shift_from,
    shift_to
from {{ landed('bodyworn', 'shifts') }} as shifts
