with latest as (
    select *
    from {{ landed('tjjd', 'staff') }} as staff
    {{ keep_latest('tjjd', 'staff') }}
)

select
    programme_id,
    staff_id,
    published_area,
    job_type as officer_role,
    hired_date as posted_from_date,
    left_date as posted_to_date
from latest
