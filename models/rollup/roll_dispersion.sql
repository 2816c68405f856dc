-- How much an area's rate or share varies from period to period beyond chance: Pearson's chi-squared about a smooth trend, per
-- degree of freedom, not below 1. The trend of a period is a weighted straight line through it and up to six periods on either
-- side (local regression: Cleveland and Devlin 1988, Journal of the American Statistical Association 83:596), so that a fall
-- over years is not taken for scatter. A squared residual is compared with the variance by chance, that of a Poisson or a
-- binomial count at the mean level nearby, less the leverage of the period on its own line. Seasons count as scatter.
-- Sums are of decimals, so that they do not depend on their order.
{% set series = ['metric_id', 'programme_id', 'area_id', 'breakdown', 'breakdown_value'] -%}
{% set key = 'periods.' ~ series | join(', periods.') -%}
with series as (
    select
        periods.{{ series | join(',\n        periods.') }},
        metrics.kind,
        cast(periods.numerator as double) as events,
        cast(periods.denominator as double) as exposure,
        {{ dbt.datediff('cast(\'2000-01-01\' as date)', 'periods.period_start', 'day') }} as day_number,
        row_number() over (partition by {{ key }} order by periods.period_start) as place,
        count(*) over (partition by {{ key }}) as period_count
    from {{ ref('roll_periods') }} as periods
    inner join {{ ref('roll_metric_definitions') }} as metrics on periods.metric_id = metrics.metric_id
    where
        metrics.kind in ('rate', 'share')
        and periods.period_grain in ('month', 'trial_bin')
        and periods.numerator is not null
        and periods.denominator > 0
),

long_enough as (
    select *
    from series
    where period_count >= 12
),

sums as (
    select
        here.{{ series | join(',\n        here.') }},
        here.kind,
        here.place,
        here.events,
        here.exposure,
        cast(sum(cast(nearby.exposure as decimal(28, 6))) as double) as s0,
        cast(sum(cast(nearby.exposure * (nearby.day_number - here.day_number) as decimal(28, 6))) as double) as s1,
        cast(sum(cast(nearby.exposure * power(nearby.day_number - here.day_number, 2) as decimal(28, 6))) as double) as s2,
        cast(sum(cast(nearby.events as decimal(28, 6))) as double) as u0,
        cast(sum(cast(nearby.events * (nearby.day_number - here.day_number) as decimal(28, 6))) as double) as u1
    from long_enough as here
    inner join long_enough as nearby
        on here.metric_id = nearby.metric_id
        and here.programme_id = nearby.programme_id
        and here.area_id = nearby.area_id
        and here.breakdown = nearby.breakdown
        and here.breakdown_value = nearby.breakdown_value
        and nearby.place between here.place - 6 and here.place + 6
    group by here.{{ series | join(', here.') }}, here.kind, here.place, here.events, here.exposure
),

residuals as (
    select
        {{ series | join(',\n        ') }},
        events - exposure * (s2 * u0 - s1 * u1) / (s0 * s2 - s1 * s1) as residual,
        exposure * u0 / s0
        * case kind when 'share' then greatest(0.0, 1 - u0 / s0) else 1.0 end
        * (1 - exposure * s2 / (s0 * s2 - s1 * s1)) as chance_variance
    from sums
),

averaged as (
    select
        {{ series | join(',\n        ') }},
        count(*) as period_count,
        cast(sum(cast(residual * residual / chance_variance as decimal(28, 9))) as double) as squares
    from residuals
    where chance_variance > 0.000001
    group by {{ series | join(', ') }}
)

select
    {{ series | join(',\n    ') }},
    greatest(1.0, squares / period_count) as dispersion
from averaged
where period_count >= 6
