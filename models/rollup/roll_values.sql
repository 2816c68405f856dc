-- Value and interval of every figure, by the kind of its metric.
with figures as (
    select
        periods.metric_id,
        periods.programme_id,
        periods.area_id,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.breakdown,
        periods.breakdown_value,
        metrics.kind,
        metrics.per_count,
        metrics.no_interval,
        dispersion.dispersion,
        coalesce(dispersion.dispersion, 1.0) as widening,
        quantiles.interval_low as stated_low,
        quantiles.interval_high as stated_high,
        quantiles.interval_method as stated_method,
        cast(periods.numerator as double) / metrics.divide_by as numerator,
        cast(periods.denominator as double) / metrics.divide_by as denominator,
        case when metrics.kind in ('count', 'distinct', 'quantile') then true else periods.denominator > 0 end as has_value
    from {{ ref('roll_periods') }} as periods
    inner join {{ ref('roll_metric_definitions') }} as metrics on periods.metric_id = metrics.metric_id
    left join {{ ref('roll_dispersion') }} as dispersion
        on periods.metric_id = dispersion.metric_id
        and periods.programme_id = dispersion.programme_id
        and periods.area_id = dispersion.area_id
        and periods.breakdown = dispersion.breakdown
        and periods.breakdown_value = dispersion.breakdown_value
    left join {{ ref('roll_quantile_intervals') }} as quantiles
        on metrics.kind = 'quantile'
        and periods.numerator is not null
        and periods.metric_id = quantiles.metric_id
        and periods.programme_id = quantiles.programme_id
        and periods.area_id = quantiles.area_id
        and periods.period_grain = quantiles.period_grain
        and periods.period_start = quantiles.period_start
        and periods.breakdown = quantiles.breakdown
        and periods.breakdown_value = quantiles.breakdown_value
)

select
    figures.metric_id,
    figures.programme_id,
    figures.area_id,
    figures.period_grain,
    figures.period_start,
    figures.period_end,
    figures.breakdown,
    figures.breakdown_value,
    figures.numerator,
    figures.denominator,
    figures.dispersion,
    {{ figure_events('figures') }} as events,
    {{ figure_value('figures') }} as value,
    {{ figure_low('figures', 'limits') }} as interval_low,
    {{ figure_high('figures', 'limits') }} as interval_high,
    {{ figure_interval_method('figures') }} as interval_method
from figures
left join {{ ref('poisson_limits') }} as limits
    on figures.kind = 'rate' and figures.numerator < 10 and figures.numerator = limits.events
