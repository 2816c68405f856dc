-- Additive figures restated to fixed geographies: that of the first day of the records, that of the last, and for an area whose
-- parts came or went in between, that of each day on which they did. Every period is added up by the areas of that day, also
-- where an area did not exist yet, or no longer, or held others then. The geography of any other day is, for each area, that
-- of the last such day before it. Only areas for which this differs from what was; a metric that only some areas supply is not
-- restated.
with moves as (
    select
        programme_id,
        ancestor_area_id as area_id,
        valid_from as as_on
    from {{ ref('int_area_histories') }}
    where valid_from is not null
    union
    select
        programme_id,
        ancestor_area_id as area_id,
        valid_to + 1 as as_on
    from {{ ref('int_area_histories') }}
    where valid_to is not null
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
),

fixed as (
    select
        changed.programme_id,
        changed.area_id,
        programmes.data_from as as_on
    from changed
    inner join {{ ref('int_programmes') }} as programmes on changed.programme_id = programmes.programme_id
    union
    select
        changed.programme_id,
        changed.area_id,
        programmes.data_to as as_on
    from changed
    inner join {{ ref('int_programmes') }} as programmes on changed.programme_id = programmes.programme_id
    union
    select
        moves.programme_id,
        moves.area_id,
        moves.as_on
    from moves
    inner join {{ ref('int_programmes') }} as programmes
        on moves.programme_id = programmes.programme_id
        and moves.as_on between programmes.data_from and programmes.data_to
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
inner join {{ ref('int_area_histories') }} as histories
    on figures.programme_id = histories.programme_id and figures.area_id = histories.area_id
inner join fixed
    on histories.programme_id = fixed.programme_id
    and histories.ancestor_area_id = fixed.area_id
    and fixed.as_on >= coalesce(histories.valid_from, fixed.as_on)
    and fixed.as_on <= coalesce(histories.valid_to, fixed.as_on)
inner join {{ ref('int_areas') }} as areas
    on fixed.programme_id = areas.programme_id
    and fixed.area_id = areas.area_id
    and fixed.as_on >= coalesce(areas.valid_from, fixed.as_on)
    and fixed.as_on <= coalesce(areas.valid_to, fixed.as_on)
where
    figures.kind not in ('distinct', 'quantile', 'survey')
    and figures.breakdown = 'all'
    and figures.highest is null
group by all
