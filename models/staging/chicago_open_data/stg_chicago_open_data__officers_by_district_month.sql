select
    programme_id,
    cast(district_number as {{ dbt.type_string() }}) as published_area,
    month_start,
    officer_headcount,
    cast(null as decimal(18, 2)) as officer_hours,
    cast(null as bigint) as employee_headcount
from {{ landed('chicago_open_data', 'officers_by_district_month') }} as officers
