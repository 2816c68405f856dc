-- Months that were not supplied, and quarters and years of which every month was not: for every metric and area with figures of
-- other periods, so that each stands among them without a number and with the reason.
with known as (
    select distinct
        areas.metric_id,
        areas.programme_id,
        areas.area_id,
        areas.is_stock
    from {{ ref('roll_areas') }} as areas
    where areas.period_grain = 'month' and areas.breakdown = 'all'
    union
    -- What is not added up has only months here.
    select distinct
        figures.metric_id,
        figures.programme_id,
        figures.area_id,
        true as is_stock
    from {{ ref('roll_figures') }} as figures
    where
        figures.kind in ('distinct', 'quantile', 'survey')
        and figures.period_grain = 'month'
        and figures.breakdown = 'all'
),

taken as (
    select
        metric_id,
        programme_id,
        area_id,
        period_grain,
        period_start
    from {{ ref('roll_areas') }}
    where breakdown = 'all'
    union
    select
        metric_id,
        programme_id,
        area_id,
        period_grain,
        period_start
    from {{ ref('roll_sums') }}
    where breakdown = 'all'
    union
    select
        metric_id,
        programme_id,
        area_id,
        period_grain,
        period_start
    from {{ ref('roll_figures') }}
    where kind in ('distinct', 'quantile', 'survey') and breakdown = 'all'
),

grains as (
    select 'month' as period_grain
    union all
    select 'quarter' as period_grain
    union all
    select 'year' as period_grain
),

periods as (
    select distinct
        known.metric_id,
        known.programme_id,
        known.area_id,
        grains.period_grain,
        case grains.period_grain
            when 'month' then missing.month_start
            when 'quarter' then cast(date_trunc('quarter', missing.month_start) as date)
            else cast(date_trunc('year', missing.month_start) as date)
        end as period_start
    from known
    inner join {{ ref('roll_missing_months') }} as missing
        on known.metric_id = missing.metric_id
        and known.programme_id = missing.programme_id
        and known.area_id = missing.area_id
    inner join grains on grains.period_grain = 'month' or not known.is_stock
),

ended as (
    select
        periods.*,
        {{ last_day_of('periods.period_grain', 'periods.period_start', 'null') }} as period_end
    from periods
)

select
    ended.metric_id,
    ended.programme_id,
    ended.area_id,
    ended.period_grain,
    ended.period_start,
    ended.period_end
from ended
inner join {{ ref('int_programmes') }} as programmes on ended.programme_id = programmes.programme_id
inner join {{ ref('int_areas') }} as areas
    on ended.programme_id = areas.programme_id and ended.area_id = areas.area_id
left join taken
    on ended.metric_id = taken.metric_id
    and ended.programme_id = taken.programme_id
    and ended.area_id = taken.area_id
    and ended.period_grain = taken.period_grain
    and ended.period_start = taken.period_start
where
    taken.metric_id is null
    and ended.period_start >= coalesce(cast(date_trunc('month', areas.valid_from) as date), ended.period_start)
    and ended.period_start <= coalesce(areas.valid_to, ended.period_start)
    and (
        ended.period_grain = 'month'
        or ended.period_start >= cast(date_trunc('month', programmes.data_from) as date)
        and ended.period_end <= programmes.data_to
    )
