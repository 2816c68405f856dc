-- Figures by area at every period. Distinct counts, quantiles and surveys come as their metric gives them at every level, from
-- the month in which the area exists.
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
    figures.metric_id,
    figures.programme_id,
    figures.area_id,
    figures.period_grain,
    figures.period_start,
    {{ last_day_of('figures.period_grain', 'figures.period_start', 'figures.period_days') }} as period_end,
    figures.breakdown,
    figures.breakdown_value,
    figures.numerator,
    figures.denominator
from {{ ref('roll_figures') }} as figures
inner join {{ ref('int_areas') }} as areas
    on figures.programme_id = areas.programme_id and figures.area_id = areas.area_id
where
    figures.kind in ('distinct', 'quantile', 'survey')
    and figures.period_start >= coalesce(cast(date_trunc('month', areas.valid_from) as date), figures.period_start)
    and figures.period_start <= coalesce(areas.valid_to, figures.period_start)
union all
select
    metric_id,
    programme_id,
    area_id,
    period_grain,
    period_start,
    period_end,
    breakdown,
    breakdown_value,
    numerator,
    denominator
from {{ ref('roll_sums') }}
union all
select
    metric_id,
    programme_id,
    area_id,
    period_grain,
    period_start,
    period_end,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(null as decimal(28, 6)) as numerator,
    cast(null as decimal(28, 6)) as denominator
from {{ ref('roll_missing_periods') }}
