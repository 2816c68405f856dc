-- Crimes recorded by borough, month and minor category.
with crimes as (
    {{ unite('borough_crimes', [ref('stg_mps__borough_crimes')]) }}
)

select
    crimes.programme_id,
    crimes.published_area,
    names.area_id,
    crimes.month_start,
    crimes.major_category,
    crimes.minor_category,
    crimes.crime_count
from crimes
left join {{ ref('int_area_names') }} as names
    on crimes.programme_id = names.programme_id and crimes.published_area = names.published_name
