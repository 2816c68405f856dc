with latest as (
    select *
    from {{ landed('bodyworn', 'workforce') }} as workforce
    {{ keep_latest('bodyworn', 'workforce') }}
)

select
    programme_id,
    published_area,
    month_start,
    officer_headcount,
    officer_hours,
    employee_headcount
from latest
