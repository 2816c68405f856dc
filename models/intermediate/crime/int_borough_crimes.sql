-- Crimes recorded by borough, month and minor category.
with crimes as (
    {{ unite('borough_crimes', ['stg_mps__borough_crimes']) }}
)

select
    crimes.programme_id,
    crimes.published_area,
    names.area_id,
    crimes.month_start,
    crimes.major_category,
    crimes.minor_category,
    crimes.crime_count,
    {{ is_contested('crimes', ['month_start', 'major_category', 'minor_category'], ['crime_count']) }} as is_contested
from crimes
left join {{ ref('int_area_names') }} as names
    on crimes.programme_id = names.programme_id and crimes.published_area = names.published_name
{{ one_row_per_area('crimes', ['month_start', 'major_category', 'minor_category']) }}
