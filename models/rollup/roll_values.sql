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
        case when metrics.kind = 'rate' then dispersion.dispersion end as dispersion,
        coalesce(case when metrics.kind = 'rate' then dispersion.dispersion end, 1.0) as widening,
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
    -- What the figure rests on, where too few of them make it unreliable.
    case
        when figures.kind = 'rate' then figures.numerator
        when figures.kind in ('share', 'survey', 'quantile') then figures.denominator
    end as events,
    case
        when figures.kind in ('count', 'distinct', 'quantile') then figures.numerator
        when figures.has_value then figures.numerator / figures.denominator * figures.per_count
    end as value,
    case
        when figures.has_value and figures.kind in ('share', 'survey')
            then {{ wilson_low('figures.numerator', 'figures.denominator') }} * figures.per_count
        when figures.has_value and figures.kind = 'rate' and figures.numerator = 0 then 0.0
        when figures.has_value and figures.kind = 'rate'
            then {{ widened('figures.numerator', poisson_low('figures.numerator', 'limits.limit_low'), 'figures.widening') }}
                / figures.denominator * figures.per_count
    end as interval_low,
    case
        when figures.has_value and figures.kind in ('share', 'survey')
            then {{ wilson_high('figures.numerator', 'figures.denominator') }} * figures.per_count
        when figures.has_value and figures.kind = 'rate'
            then {{ widened('figures.numerator', poisson_high('figures.numerator', 'limits.limit_high'), 'figures.widening') }}
                / figures.denominator * figures.per_count
    end as interval_high,
    case figures.kind
        when 'share' then 'Wilson'
        when 'survey' then 'Wilson, on the effective base of the survey'
        when 'rate'
            then
                case when figures.numerator < 10 then 'exact Poisson (Garwood)' else 'Byar' end
                || case
                    when figures.dispersion > 1 then ', widened for over-dispersion'
                    when figures.dispersion is null then ', not widened: too few periods to judge over-dispersion'
                    else ''
                end
        when 'ratio' then 'none: ' || coalesce(figures.no_interval, 'a ratio of totals')
        else 'none: a ' || figures.kind
    end as interval_method
from figures
left join {{ ref('poisson_limits') }} as limits
    on figures.kind = 'rate' and figures.numerator < 10 and figures.numerator = limits.events
