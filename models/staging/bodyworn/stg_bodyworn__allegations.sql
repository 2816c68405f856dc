with latest as (
    select *
    from {{ landed('bodyworn', 'allegations') }} as allegations
    {{ keep_latest('bodyworn', 'allegations') }}
)

select
    programme_id,
    complaint_id,
    complaint_date,
    category_code,
    replace(category_code, '_', ' ') as category_name,
    category_code = 'use_of_force' as is_force_category,
    allegation_number,
    published_category_code,
    staff_id
from latest
