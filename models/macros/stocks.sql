{# How many rows of a relation fit `counted` on the last day of each month, whole and in parts; `months.last_day` is that
   day. An area of the relation where none fits that day has nought, not nothing. #}
{% macro stock_by_month(relation, counted, parts=[]) -%}
    {%- for part in ['all'] + parts %}
    select
        counted_rows.programme_id,
        counted_rows.area_id,
        months.month_start as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        count(*) filter (where {{ counted }}) as numerator,
        cast(null as bigint) as denominator
    from {{ relation }} as counted_rows
    inner join {{ ref('int_programme_months') }} as months on counted_rows.programme_id = months.programme_id
    group by all
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
