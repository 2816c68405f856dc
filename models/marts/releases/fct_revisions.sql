-- Figures that are no longer what they were first published as, or that came later than the rest of their period.
{% set key = ['programme_id', 'metric_id', 'area_id', 'period_grain', 'period_start', 'breakdown', 'breakdown_value'] -%}
with now as (
    select
        {{ key | join(', ') }},
        numerator,
        denominator,
        value
    from {{ ref('fct_metrics') }}
    where period_grain <> 'window'
),

paired as (
    select
        {% for column in key -%}
            coalesce(now.{{ column }}, earlier.{{ column }}) as {{ column }},
        {% endfor -%}
        now.metric_id is null as is_withdrawn,
        now.numerator,
        now.denominator,
        now.value,
        earlier.metric_id is not null as is_known,
        earlier.first_release_number,
        earlier.last_change_number,
        coalesce(earlier.revision_count, 0) as revision_count,
        case when earlier.metric_id is null then now.numerator else earlier.first_numerator end as first_numerator,
        case when earlier.metric_id is null then now.denominator else earlier.first_denominator end as first_denominator,
        case when earlier.metric_id is null then now.value else earlier.first_value end as first_value,
        earlier.metric_id is not null and (
            (now.metric_id is null) = (earlier.in_release_before = 1)
            or {{ differs('now.numerator', 'earlier.earlier_numerator') }}
            or {{ differs('now.denominator', 'earlier.earlier_denominator') }}
            or {{ differs('now.value', 'earlier.earlier_value') }}
        ) as is_changed
    from now
    full outer join {{ ref('roll_earlier_figures') }} as earlier
        on now.programme_id = earlier.programme_id
        and now.metric_id = earlier.metric_id
        and now.area_id = earlier.area_id
        and now.period_grain = earlier.period_grain
        and now.period_start = earlier.period_start
        and now.breakdown = earlier.breakdown
        and now.breakdown_value = earlier.breakdown_value
),

dated as (
    select
        paired.*,
        metrics.version as metric_version,
        releases.release_number,
        periods.first_release_number as period_first,
        coalesce(
            paired.first_release_number,
            case when paired.is_known then periods.first_release_number else releases.release_number end
        ) as figure_first
    from paired
    inner join {{ ref('roll_metric_definitions') }} as metrics on paired.metric_id = metrics.metric_id
    inner join {{ ref('int_releases') }} as releases on paired.programme_id = releases.programme_id and releases.is_this
    inner join {{ ref('fct_first_releases') }} as periods
        on paired.programme_id = periods.programme_id
        and paired.metric_id = periods.metric_id
        and paired.period_grain = periods.period_grain
        and paired.period_start = periods.period_start
)

select
    {{ key | join(', ') }},
    metric_version,
    figure_first as first_release_number,
    case when is_changed then release_number else last_change_number end as last_change_number,
    revision_count + case when is_changed then 1 else 0 end as revision_count,
    first_numerator,
    first_denominator,
    first_value,
    numerator as latest_numerator,
    denominator as latest_denominator,
    value as latest_value,
    is_withdrawn
from dated
where is_changed or revision_count > 0 or figure_first <> period_first
