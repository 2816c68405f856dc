-- Months summed to quarters, years and the whole window: to those quarters and years that the metric covers whole and
-- in which the area existed throughout; the window is cut to the days of the area, unless
-- the figures are restated to a fixed geography. Numbers on a day are not summed. A period of which a month was not supplied
-- stands without a number.
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
            else greatest(covered.covered_from, coalesce(areas.valid_from, covered.covered_from))
        end as first_day,
        cast(date_trunc('month', greatest(covered.covered_from, coalesce(areas.valid_from, covered.covered_from))) as date)
            as first_month,
        least(covered.covered_to, coalesce(last_day(areas.valid_to), covered.covered_to)) as last_known_day
    from {{ ref('roll_areas') }} as by_area
    cross join grains
    left join {{ ref('int_areas') }} as areas
        on by_area.programme_id = areas.programme_id
        and by_area.area_id = areas.area_id
        and by_area.breakdown <> 'geography'
    inner join covered on by_area.metric_id = covered.metric_id and by_area.programme_id = covered.programme_id
    where by_area.period_grain = 'month' and not by_area.is_stock
),

ended as (
    select
        dated.*,
        case dated.period_grain
            when 'window' then dated.last_known_day
            else {{ last_day_of('dated.period_grain', 'dated.first_day', 'null') }}
        end as period_end
    from dated
),

summed as (
    select
        metric_id,
        programme_id,
        area_id,
        period_grain,
        first_day as period_start,
        period_end,
        breakdown,
        breakdown_value,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from ended
    where period_grain = 'window' or (first_day >= first_month and period_end <= last_known_day)
    group by all
),

judged as (
    select
        summed.*,
        {{ misses_a_month('summed', 'summed.period_grain', 'summed.period_end') }} as is_incomplete
    from summed
)

select
    metric_id,
    programme_id,
    area_id,
    period_grain,
    period_start,
    period_end,
    breakdown,
    breakdown_value,
    case when not is_incomplete then numerator end as numerator,
    case when not is_incomplete then denominator end as denominator
from judged
