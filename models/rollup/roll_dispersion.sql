-- How much an area's rate varies from period to period beyond chance: Pearson's chi-squared against one rate for the whole
-- series, over its degrees of freedom, not below 1. It takes a trend for variation, so intervals err on the wide side.
-- Written with sum(y * y / e), whose terms are rounded to a decimal so that the sum does not depend on their order.
with series as (
    select
        periods.metric_id,
        periods.programme_id,
        periods.area_id,
        periods.breakdown,
        periods.breakdown_value,
        cast(periods.numerator as double) as events,
        cast(periods.denominator as double) as exposure
    from {{ ref('roll_periods') }} as periods
    inner join {{ ref('roll_metric_definitions') }} as metrics on periods.metric_id = metrics.metric_id
    where
        metrics.kind = 'rate'
        and periods.period_grain in ('month', 'trial_bin')
        and periods.denominator > 0
),

totals as (
    select
        metric_id,
        programme_id,
        area_id,
        breakdown,
        breakdown_value,
        count(*) as period_count,
        cast(sum(cast(events as decimal(28, 6))) as double) as events,
        cast(sum(cast(exposure as decimal(28, 6))) as double) as exposure,
        cast(sum(cast(events * events / exposure as decimal(38, 12))) as double) as squares
    from series
    group by all
)

select
    metric_id,
    programme_id,
    area_id,
    breakdown,
    breakdown_value,
    greatest(1.0, (exposure / events * squares - events) / (period_count - 1)) as dispersion
from totals
where period_count >= 12 and events > 0
