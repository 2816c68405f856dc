select
    figures.programme_id,
    figures.metric_id,
    figures.area_id
from {{ ref('fct_metrics') }} as figures
left join {{ ref('dim_metric') }} as metrics on figures.metric_id = metrics.metric_id
left join {{ ref('dim_area') }} as areas
    on figures.programme_id = areas.programme_id and figures.area_id = areas.area_id
where metrics.metric_id is null or areas.area_id is null
