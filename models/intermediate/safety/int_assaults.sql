-- One row per recorded assault on an officer, at its area.
with assaults as (
    {{ unite('assaults', ['stg_bodyworn__assaults']) }}
)

select
    assaults.programme_id,
    assaults.assault_id,
    assaults.assault_date,
    assaults.published_area,
    names.area_id,
    assaults.is_with_injury,
    cast(date_trunc('month', assaults.assault_date) as date) as month_start
from assaults
left join {{ ref('int_area_names') }} as names
    on assaults.programme_id = names.programme_id and assaults.published_area = names.published_name
