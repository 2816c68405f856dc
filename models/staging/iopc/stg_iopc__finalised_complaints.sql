-- The year to March is in the file's name only.
with latest as (
    select *
    from {{ landed('iopc', 'finalised_complaints') }} as finalised
    {{ keep_latest('iopc', 'finalised_complaints') }}
)

select
    programme_id,
    cast(regexp_extract(file_name, '(20[0-9][0-9])_[0-9][0-9]', 1) as {{ dbt.type_int() }}) + 1 as year_to_march,
    trim(published_area) as published_area,
    cases_outside_schedule_3,
    mean_days_outside,
    cases_under_schedule_3,
    mean_days_under_with_suspension,
    mean_days_under_without_suspension,
    arrival,
    record_number
from latest
