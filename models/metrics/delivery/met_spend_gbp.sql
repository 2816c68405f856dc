{% for part in ['all', 'spend_scope', 'funder'] -%}
    select
        programme_id,
        area_id,
        month_start as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        sum(amount_gbp) as numerator,
        cast(null as bigint) as denominator
    from {{ ref('int_spend') }}
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
