-- Only worked shifts are exported in this layout. A shift that ends before it begins on the same date is a night shift that
-- ends on the next day; its contract lets no other through.
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
    case
        when shift_to < shift_from then cast({{ dbt.dateadd('day', 1, 'shift_to') }} as timestamp)
        else shift_to
    end as shift_to,
    true as is_worked
from latest
