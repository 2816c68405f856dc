-- Additive figures restated to two fixed geographies, that of the first day of the records and that of the last: every
-- period is added up by the areas of that day, also where an area did not exist yet, or no longer, or held others then.
-- Only areas for which this differs from what was; a metric that only some areas supply is not restated.
with fixed as (
    select
        programme_id,
        data_from as as_on
    from {{ ref('int_programmes') }}
    union
    select
        programme_id,
        data_to as as_on
    from {{ ref('int_programmes') }}
),

changed as (
    select
        areas.programme_id,
        areas.area_id
    from {{ ref('int_areas') }} as areas
    inner join {{ ref('int_area_histories') }} as histories
        on areas.programme_id = histories.programme_id
        and areas.area_id = histories.ancestor_area_id
        and histories.steps > 0
    where areas.valid_from is not null or areas.valid_to is not null
    union
    select
        histories.programme_id,
        histories.ancestor_area_id as area_id
    from {{ ref('int_area_histories') }} as histories
    where histories.valid_from is not null or histories.valid_to is not null
)

select
    figures.metric_id,
    figures.programme_id,
    histories.ancestor_area_id as area_id,
    figures.period_grain,
    figures.period_start,
    'geography' as breakdown,
    'as on ' || cast(fixed.as_on as {{ dbt.type_string() }}) as breakdown_value,
    figures.is_stock,
    figures.period_days,
    sum(figures.numerator) as numerator,
    sum(figures.denominator) as denominator
from {{ ref('roll_figures') }} as figures
inner join fixed on figures.programme_id = fixed.programme_id
inner join {{ ref('int_area_histories') }} as histories
    on figures.programme_id = histories.programme_id
    and figures.area_id = histories.area_id
    and fixed.as_on >= coalesce(histories.valid_from, fixed.as_on)
    and fixed.as_on <= coalesce(histories.valid_to, fixed.as_on)
inner join changed
    on histories.programme_id = changed.programme_id and histories.ancestor_area_id = changed.area_id
inner join {{ ref('int_areas') }} as areas
    on changed.programme_id = areas.programme_id
    and changed.area_id = areas.area_id
    and fixed.as_on >= coalesce(areas.valid_from, fixed.as_on)
    and fixed.as_on <= coalesce(areas.valid_to, fixed.as_on)
where
    figures.kind not in ('distinct', 'quantile', 'survey')
    and figures.breakdown = 'all'
    and figures.highest is null
group by all
