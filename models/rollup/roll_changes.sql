-- Change of the rate from the baseline to the period compared, by area, with intervals that allow for over-dispersion: the
-- variance of both counts is multiplied by the dispersion of the area's months about their smooth trend, as that of every
-- figure is (roll_dispersion). Percentages on the scale of logarithms, absolute changes on that of rates.
with sides as (
    select
        baselines.*,
        before.area_id,
        before.month_count as baseline_months,
        before.events as baseline_events,
        before.exposure as baseline_exposure,
        coalesce(after.month_count, 0) as comparison_months,
        after.events as comparison_events,
        after.exposure as comparison_exposure,
        coalesce(dispersion.dispersion, 1.0) as dispersion
    from {{ ref('int_baselines') }} as baselines
    inner join {{ ref('roll_comparisons') }} as before
        on baselines.programme_id = before.programme_id
        and baselines.metric_id = before.metric_id
        and baselines.comparison = before.comparison
        and before.side = 'baseline'
    left join {{ ref('roll_comparisons') }} as after
        on before.programme_id = after.programme_id
        and before.metric_id = after.metric_id
        and before.comparison = after.comparison
        and before.area_id = after.area_id
        and after.side = 'comparison'
    left join {{ ref('roll_dispersion') }} as dispersion
        on before.programme_id = dispersion.programme_id
        and before.metric_id = dispersion.metric_id
        and before.area_id = dispersion.area_id
        and dispersion.breakdown = 'all'
),

redefined as (
    select distinct
        baselines.programme_id,
        baselines.metric_id,
        baselines.comparison,
        true as is_redefined
    from {{ ref('int_baselines') }} as baselines
    inner join {{ ref('int_breaks') }} as breaks
        on baselines.programme_id = breaks.programme_id
        and baselines.metric_id = breaks.metric_id
        and breaks.is_redefined
        and baselines.baseline_start < breaks.break_date
        and baselines.comparison_end >= breaks.break_date
),

rated as (
    select
        coalesce(redefined.is_redefined, false) as is_redefined,
        sides.programme_id,
        sides.metric_id,
        sides.area_id,
        sides.comparison,
        sides.comparison_label,
        sides.baseline_start,
        sides.baseline_end,
        sides.comparison_start,
        sides.comparison_end,
        sides.why,
        sides.baseline_events,
        sides.baseline_exposure,
        sides.comparison_events,
        sides.comparison_exposure,
        sides.dispersion,
        sides.baseline_months = {{ months_between('sides.baseline_start', 'sides.baseline_end') }}
        and sides.comparison_months = {{ months_between('sides.comparison_start', 'sides.comparison_end') }} as is_covered,
        sides.baseline_events / sides.baseline_exposure * metrics.per_count as baseline_rate,
        sides.comparison_events / sides.comparison_exposure * metrics.per_count as comparison_rate,
        sqrt(sides.dispersion * (
            sides.baseline_events / power(sides.baseline_exposure, 2)
            + sides.comparison_events / power(sides.comparison_exposure, 2)
        )) * metrics.per_count as absolute_error,
        case when sides.baseline_events > 0 and sides.comparison_events > 0
                then sqrt(sides.dispersion * (1 / sides.baseline_events + 1 / sides.comparison_events))
        end as log_error,
        metrics.label,
        metrics.unit
    from sides
    inner join {{ ref('roll_metric_definitions') }} as metrics on sides.metric_id = metrics.metric_id
    left join redefined
        on sides.programme_id = redefined.programme_id
        and sides.metric_id = redefined.metric_id
        and sides.comparison = redefined.comparison
)

select
    rated.*,
    (comparison_rate / baseline_rate - 1) * 100 as change_percent,
    (comparison_rate / baseline_rate * exp(-{{ z() }} * log_error) - 1) * 100 as interval_low_percent,
    (comparison_rate / baseline_rate * exp({{ z() }} * log_error) - 1) * 100 as interval_high_percent,
    comparison_rate - baseline_rate as change_absolute,
    comparison_rate - baseline_rate - {{ z() }} * absolute_error as interval_low_absolute,
    comparison_rate - baseline_rate + {{ z() }} * absolute_error as interval_high_absolute,
    case
        when is_redefined or not is_covered then 'not_applicable'
        when baseline_events < 20 then 'low'
        else 'final'
    end as status
from rated
