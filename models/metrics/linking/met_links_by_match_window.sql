with counted as (
    select
        programme_id,
        area_id,
        month_start,
        subject_kind,
        {% for label, fits in match_windows() -%}
            count(*) filter (where {{ fits }}) as {{ label | replace(' ', '_') }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_match_windows') }}
    group by all
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(sum(the_tolerance) as bigint) as numerator,
    cast(null as bigint) as denominator
from counted
group by all
{% for label, fits in match_windows() -%}
    union all
    select
        programme_id,
        area_id,
        month_start as period_start,
        'month' as period_grain,
        'match_window' as breakdown,
        subject_kind || ': {{ label }}' as breakdown_value,
        {{ label | replace(' ', '_') }} as numerator,
        cast(null as bigint) as denominator
    from counted
{% endfor %}
