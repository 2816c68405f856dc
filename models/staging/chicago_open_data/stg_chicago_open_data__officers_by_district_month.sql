with latest as (
    select *
    from {{ landed('chicago_open_data', 'officers_by_district_month') }} as officers
    {{ keep_latest('chicago_open_data', 'officers_by_district_month') }}
)

select
    programme_id,
    cast(district_number as {{ dbt.type_string() }}) as published_area,
    month_start,
    officer_headcount
from latest
