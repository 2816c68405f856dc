with latest as (
    select *
    from {{ landed('home_office', 'officers_by_year') }} as officers
    {{ keep_latest('home_office', 'officers_by_year') }}
)

select
    programme_id,
    trim(published_area) as published_area,
    cast(calendar_year as {{ dbt.type_int() }}) as calendar_year,
    officer_fte,
    arrival,
    record_number
from latest
