-- Every figure that earlier releases gave: as the release before has it, and as it was first published where the two
-- differ. A new version of a metric starts again; the window grows with every delivery and is left out.
{% set key = ['programme_id', 'metric_id', 'area_id', 'period_grain', 'period_start', 'breakdown', 'breakdown_value'] -%}
{% set numbers = ['numerator', 'denominator', 'value'] -%}
{% set counts = ['first_release_number', 'last_change_number', 'revision_count'] -%}
with sides as (
    select
        {% for column in key -%}
            figures.{{ column }},
        {% endfor -%}
        {% for number in numbers -%}
            figures.{{ number }} as earlier_{{ number }},
            cast(null as double) as first_{{ number }},
        {% endfor -%}
        {% for count in counts -%}
            cast(null as bigint) as {{ count }},
        {% endfor -%}
        1 as in_release_before
    from {{ derived('history', 'figures') }} as figures
    inner join {{ ref('int_earlier_metrics') }} as versions
        on figures.programme_id = versions.programme_id and figures.metric_id = versions.metric_id
    inner join {{ ref('roll_metric_definitions') }} as metrics
        on versions.metric_id = metrics.metric_id and versions.metric_version = metrics.version
    where figures.period_grain <> 'window'
    union all
    select
        {% for column in key -%}
            earlier.{{ column }},
        {% endfor -%}
        {% for number in numbers -%}
            cast(null as double) as earlier_{{ number }},
            earlier.first_{{ number }},
        {% endfor -%}
        {% for count in counts -%}
            earlier.{{ count }},
        {% endfor -%}
        0 as in_release_before
    from {{ derived('history', 'revisions') }} as earlier
    inner join {{ ref('roll_metric_definitions') }} as metrics
        on earlier.metric_id = metrics.metric_id and earlier.metric_version = metrics.version
)

select
    {% for column in key -%}
        {{ column }},
    {% endfor -%}
    {% for number in numbers -%}
        max(earlier_{{ number }}) as earlier_{{ number }},
        case
            when max(revision_count) is null then max(earlier_{{ number }})
            else max(first_{{ number }})
        end as first_{{ number }},
    {% endfor -%}
    {% for count in counts -%}
        max({{ count }}) as {{ count }},
    {% endfor -%}
    max(in_release_before) as in_release_before
from sides
group by all
