with latest as (
    select *
    from {{ landed('bodyworn', 'officers') }} as officers
    {{ keep_latest('bodyworn', 'officers') }}
)

select
    programme_id,
    staff_id,
    published_area,
    officer_role,
    posted_from_date,
    posted_to_date,
    team,
    arrival,
    record_number
from latest
