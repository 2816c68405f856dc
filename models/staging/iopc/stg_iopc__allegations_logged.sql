-- The year to March is in the file's name only.
with latest as (
    select *
    from {{ landed('iopc', 'allegations_logged') }} as logged
    {{ keep_latest('iopc', 'allegations_logged') }}
)

select
    programme_id,
    cast(regexp_extract(file_name, '(20[0-9][0-9])_[0-9][0-9]', 1) as {{ dbt.type_int() }}) + 1 as year_to_march,
    trim(published_area) as published_area,
    allegation_count,
    delivery_of_duties_count,
    powers_policies_procedures_count,
    property_count,
    access_or_disclosure_count,
    vehicles_count,
    discriminatory_count,
    abuse_of_position_count,
    individual_behaviours_count,
    sexual_conduct_count,
    discreditable_conduct_count,
    other_count,
    arrival,
    record_number
from latest
