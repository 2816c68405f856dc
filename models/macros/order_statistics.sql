{# Quantiles and their 95% intervals from values in order. A relation has a row for each group, with the two columns of
   `values_in_order`; the other macros are expressions over such a row. Sorting each group by itself takes a tenth of the work of
   numbering all rows in a window. #}
{% macro values_in_order(value) -%}
    {{ adapter.dispatch('sorted_list', 'bodyworn')(value) }} as sorted_values,
    count(*) as value_count
{%- endmacro %}

{% macro duckdb__sorted_list(value) -%}
    list_sort(list({{ value }}))
{%- endmacro %}

{% macro spark__sorted_list(value) -%}
    sort_array(collect_list({{ value }}))
{%- endmacro %}


{# The value below which a share of the values lie, interpolated between neighbours. #}
{% macro quantile(share) -%}
    {%- set rank = share ~ ' * (value_count - 1)' -%}
    cast(
        {{ value_at('floor(' ~ rank ~ ') + 1') }} * (1 - ({{ rank }} - floor({{ rank }})))
        + {{ value_at('ceil(' ~ rank ~ ') + 1') }} * ({{ rank }} - floor({{ rank }})) as decimal(18, 6)
    )
{%- endmacro %}


{# An end of the 95% interval of a quantile: the value at the rank n q - z sqrt(n q (1 - q)), or 1 + n q + z sqrt(n q (1 - q)),
   rounded (Conover, Practical Nonparametric Statistics, 3.2; Campbell and Gardner 1988, British Medical Journal 296:1454).
   Null where there are too few values for such a rank. #}
{% macro quantile_end(share, sign) -%}
    {%- set spread = z() ~ ' * sqrt(value_count * ' ~ share ~ ' * (1 - ' ~ share ~ '))' -%}
    {%- set rank = '1 + value_count * ' ~ share ~ ' + ' ~ spread if sign == '+' else 'value_count * ' ~ share ~ ' - ' ~ spread -%}
    cast({{ value_at('round(' ~ rank ~ ')') }} as decimal(18, 6))
{%- endmacro %}


{# The value at a rank, which counts from one; null where there is no such rank. #}
{% macro value_at(rank) -%}
    {{ adapter.dispatch('value_at', 'bodyworn')(rank) }}
{%- endmacro %}

{# A list is read from its end below one. #}
{% macro duckdb__value_at(rank) -%}
    case when {{ rank }} >= 1 then sorted_values[cast({{ rank }} as bigint)] end
{%- endmacro %}

{% macro spark__value_at(rank) -%}
    get(sorted_values, cast({{ rank }} as int) - 1)
{%- endmacro %}


{# A metric that is a quantile, of a relation that has it with both ends of its interval; an interval has two ends or none. #}
{% macro quantile_metric(relation, name, low, high, count, method, among='true') -%}
select
    programme_id,
    area_id,
    period_start,
    period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    {{ name }} as numerator,
    {{ count }} as denominator,
    case when {{ high }} is not null then {{ low }} end as interval_low,
    case when {{ low }} is not null then {{ high }} end as interval_high,
    {{ text(method) }} as interval_method
from {{ relation }} as quantiles
where {{ among }}
{%- endmacro %}
