-- Street crimes at the force they fall within; a row is a crime as published, repeats included.
with crimes as (
    {{ unite('street_crimes', ['stg_police_uk__street_crimes']) }}
)

select
    crimes.programme_id,
    crimes.published_area,
    names.area_id,
    crimes.month_start,
    crimes.crime_type,
    crimes.outcome_group
from crimes
left join {{ ref('int_area_names') }} as names
    on crimes.programme_id = names.programme_id and crimes.published_area = names.published_name
