with latest as (
    select *
    from {{ landed('bodyworn', 'assaults') }} as assaults
    {{ keep_latest('bodyworn', 'assaults') }}
)

select
    programme_id,
    assault_id,
    assault_date,
    published_area,
    is_with_injury
from latest
