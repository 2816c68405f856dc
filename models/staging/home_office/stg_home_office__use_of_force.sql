-- The year is in the file's name only; sub-totals are rows whose name begins with Total.
with latest as (
    select *
    from {{ landed('home_office', 'use_of_force') }} as force_reports
    {{ keep_latest('home_office', 'use_of_force') }}
)

select
    programme_id,
    cast(regexp_extract(file_name, 'march([0-9][0-9][0-9][0-9])', 1) as {{ dbt.type_int() }}) as year_to_march,
    trim(published_region) as published_region,
    trim(regexp_replace(published_area, '^Total ', '')) as published_area,
    published_area like 'Total %' as is_total,
    cast(force_report_count as bigint) as force_report_count,
    arrival,
    record_number
from latest
