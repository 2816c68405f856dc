-- Events and exposure of a metric's months in the declared baseline and in the period compared with it, by area.
with months as (
    select
        baselines.programme_id,
        baselines.metric_id,
        baselines.comparison,
        periods.area_id,
        case when periods.period_start < baselines.comparison_start then 'baseline' else 'comparison' end as side,
        cast(periods.numerator as double) as events,
        cast(periods.denominator as double) as exposure
    from {{ ref('int_baselines') }} as baselines
    inner join {{ ref('roll_periods') }} as periods
        on baselines.programme_id = periods.programme_id and baselines.metric_id = periods.metric_id
    where
        periods.period_grain = 'month'
        and periods.breakdown = 'all'
        and periods.denominator > 0
        and (
            periods.period_start >= baselines.baseline_start and periods.period_end <= baselines.baseline_end
            or periods.period_start >= baselines.comparison_start and periods.period_end <= baselines.comparison_end
        )
)

select
    programme_id,
    metric_id,
    comparison,
    area_id,
    side,
    count(*) as month_count,
    cast(sum(cast(events as decimal(28, 6))) as double) as events,
    cast(sum(cast(exposure as decimal(28, 6))) as double) as exposure
from months
group by all
