-- Months summed to quarters, years and the whole window: to those quarters and years that the metric covers whole and
-- in which the area existed throughout. Numbers on a day are not summed.
with covered as (
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

grains as (
    select 'quarter' as period_grain
    union all
    select 'year' as period_grain
    union all
    select 'window' as period_grain
),

dated as (
    select
        by_area.metric_id,
        by_area.programme_id,
        by_area.area_id,
        by_area.breakdown,
        by_area.breakdown_value,
        by_area.numerator,
        by_area.denominator,
        grains.period_grain,
        case grains.period_grain
            when 'quarter' then cast(date_trunc('quarter', by_area.period_start) as date)
            when 'year' then cast(date_trunc('year', by_area.period_start) as date)
            else covered.covered_from
        end as first_day,
        covered.covered_from,
        covered.covered_to
    from {{ ref('roll_areas') }} as by_area
    cross join grains
    inner join covered on by_area.metric_id = covered.metric_id and by_area.programme_id = covered.programme_id
    where by_area.period_grain = 'month' and not by_area.is_stock
),

ended as (
    select
        dated.*,
        case dated.period_grain
            when 'window' then dated.covered_to
            else {{ last_day_of('dated.period_grain', 'dated.first_day', 'null') }}
        end as period_end
    from dated
)

select
    ended.metric_id,
    ended.programme_id,
    ended.area_id,
    ended.period_grain,
    ended.first_day as period_start,
    ended.period_end,
    ended.breakdown,
    ended.breakdown_value,
    sum(ended.numerator) as numerator,
    sum(ended.denominator) as denominator
from ended
inner join {{ ref('int_areas') }} as areas on ended.programme_id = areas.programme_id and ended.area_id = areas.area_id
where
    ended.period_grain = 'window'
    or (
        ended.first_day >= cast(date_trunc('month', ended.covered_from) as date)
        and ended.period_end <= ended.covered_to
        and ended.first_day >= coalesce(cast(date_trunc('month', areas.valid_from) as date), ended.first_day)
        and ended.period_end <= coalesce(last_day(areas.valid_to), ended.period_end)
    )
group by all
