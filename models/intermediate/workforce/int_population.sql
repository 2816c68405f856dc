-- One row per area and month with the people who live there, under however many spellings their numbers come.
with population as (
    {{ unite('population', ['stg_bodyworn__population']) }}
)

select
    population.programme_id,
    population.published_area,
    names.area_id,
    population.month_start,
    population.resident_count,
    {{ is_contested('population', ['month_start'], ['resident_count']) }} as is_contested
from population
left join {{ ref('int_area_names') }} as names
    on population.programme_id = names.programme_id and population.published_area = names.published_name
{{ one_row_per_area('population', ['month_start']) }}
