-- Released figures of the whole area that measure a promise, period by period: the whole of them, or the part it names.
-- An estimate is a change against a baseline or an answer of a sample, where chance decides together with what happened.
select
    promises.programme_id,
    promises.promise_id,
    metrics.value as figure_value,
    metrics.numerator as figure_numerator,
    metrics.denominator as figure_denominator,
    metrics.interval_low as figure_low,
    metrics.interval_high as figure_high,
    metrics.period_start as figure_start,
    metrics.period_end as figure_end,
    definitions.kind = 'survey' as is_estimate,
    definitions.kind in ('count', 'rate', 'ratio', 'share') as is_of_cases
from {{ ref('int_promises') }} as promises
inner join {{ ref('int_areas') }} as areas on promises.programme_id = areas.programme_id and areas.sort_order = 0
inner join {{ ref('fct_metrics') }} as metrics
    on promises.programme_id = metrics.programme_id
    and promises.metric_id = metrics.metric_id
    and areas.area_id = metrics.area_id
inner join {{ ref('roll_metric_definitions') }} as definitions on promises.metric_id = definitions.metric_id
where
    promises.measured_as = 'value'
    and metrics.breakdown_value = coalesce(promises.measured_part, 'all')
    and metrics.period_grain in ('month', 'quarter', 'year')
    and metrics.status = 'final'
union all
select
    promises.programme_id,
    promises.promise_id,
    changes.change_percent as figure_value,
    changes.comparison_events as figure_numerator,
    changes.comparison_exposure as figure_denominator,
    changes.interval_low_percent as figure_low,
    changes.interval_high_percent as figure_high,
    changes.comparison_start as figure_start,
    changes.comparison_end as figure_end,
    true as is_estimate,
    false as is_of_cases
from {{ ref('int_promises') }} as promises
inner join {{ ref('int_areas') }} as areas on promises.programme_id = areas.programme_id and areas.sort_order = 0
inner join {{ ref('fct_changes') }} as changes
    on promises.programme_id = changes.programme_id
    and promises.metric_id = changes.metric_id
    and areas.area_id = changes.area_id
where promises.measured_as = 'change_percent' and changes.status = 'final'
