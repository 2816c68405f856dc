-- Figures by area at every period: months summed to quarters and years that the metric covers whole, and to the whole
-- window. Numbers on a day are not summed; distinct counts and quantiles come as counted.
with grains as (
    select 'quarter' as period_grain
    union all
    select 'year' as period_grain
    union all
    select 'window' as period_grain
),

covered as (
    select
        figures.metric_id,
        figures.programme_id,
        greatest(programmes.data_from, min(figures.period_start)) as covered_from,
        least(programmes.data_to, last_day(max(figures.period_start))) as covered_to
    from {{ ref('roll_figures') }} as figures
    inner join {{ ref('int_programmes') }} as programmes on figures.programme_id = programmes.programme_id
    where figures.period_grain = 'month'
    group by figures.metric_id, figures.programme_id, programmes.data_from, programmes.data_to
),

summed as (
    select
        by_area.metric_id,
        by_area.programme_id,
        by_area.area_id,
        grains.period_grain,
        case grains.period_grain
            when 'quarter' then cast(date_trunc('quarter', by_area.period_start) as date)
            when 'year' then cast(date_trunc('year', by_area.period_start) as date)
            else covered.covered_from
        end as first_day,
        by_area.breakdown,
        by_area.breakdown_value,
        sum(by_area.numerator) as numerator,
        sum(by_area.denominator) as denominator
    from {{ ref('roll_areas') }} as by_area
    cross join grains
    inner join covered on by_area.metric_id = covered.metric_id and by_area.programme_id = covered.programme_id
    where by_area.period_grain = 'month' and not by_area.is_stock
    group by all
)

select
    metric_id,
    programme_id,
    area_id,
    period_grain,
    period_start,
    {{ last_day_of('period_grain', 'period_start', 'period_days') }} as period_end,
    breakdown,
    breakdown_value,
    numerator,
    denominator
from {{ ref('roll_areas') }}
union all
select
    metric_id,
    programme_id,
    area_id,
    period_grain,
    period_start,
    {{ last_day_of('period_grain', 'period_start', 'period_days') }} as period_end,
    breakdown,
    breakdown_value,
    numerator,
    denominator
from {{ ref('roll_figures') }}
where kind in ('distinct', 'quantile')
union all
select
    summed.metric_id,
    summed.programme_id,
    summed.area_id,
    summed.period_grain,
    summed.first_day as period_start,
    case summed.period_grain
        when 'window' then covered.covered_to
        else {{ last_day_of('summed.period_grain', 'summed.first_day', 'null') }}
    end as period_end,
    summed.breakdown,
    summed.breakdown_value,
    summed.numerator,
    summed.denominator
from summed
inner join covered on summed.metric_id = covered.metric_id and summed.programme_id = covered.programme_id
where
    summed.period_grain = 'window'
    or (
        summed.first_day >= cast(date_trunc('month', covered.covered_from) as date)
        and {{ last_day_of('summed.period_grain', 'summed.first_day', 'null') }} <= covered.covered_to
    )
