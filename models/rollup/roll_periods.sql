-- Figures by area at every period. Distinct counts and quantiles come as their metric counted them at every level.
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
