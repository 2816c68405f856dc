with latest as (
    select *
    from {{ landed('bodyworn', 'population') }} as population
    {{ keep_latest('bodyworn', 'population') }}
)

select
    programme_id,
    published_area,
    month_start,
    resident_count
from latest
