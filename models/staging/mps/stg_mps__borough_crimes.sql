with latest as (
    select *
    from {{ landed('mps', 'borough_crimes') }} as crimes
    {{ keep_latest('mps', 'borough_crimes') }}
)

select
    programme_id,
    cast(substring(month_code, 1, 4) || '-' || substring(month_code, 5, 2) || '-01' as date) as month_start,
    published_area,
    major_category,
    minor_category,
    crime_count
from latest
