{# Quantiles and their 95% intervals from values in order. A relation gets the two columns of `place_and_count`; the other
   macros are aggregates over a group of it. #}
{% macro place_and_count(value, partition) -%}
    row_number() over (partition by {{ partition | join(', ') }} order by {{ value }}) as place,
    count(*) over (partition by {{ partition | join(', ') }}) as value_count
{%- endmacro %}


{# The value below which a share of the values lie, interpolated between neighbours. #}
{% macro quantile(value, share) -%}
    {%- set rank = share ~ ' * (value_count - 1)' -%}
    cast(
        {{ value_at(value, 'floor(' ~ rank ~ ') + 1') }} * (1 - max({{ rank }} - floor({{ rank }})))
        + {{ value_at(value, 'ceil(' ~ rank ~ ') + 1') }} * max({{ rank }} - floor({{ rank }})) as decimal(18, 6)
    )
{%- endmacro %}


{# An end of the 95% interval of a quantile: the value at the rank n q - z sqrt(n q (1 - q)), or 1 + n q + z sqrt(n q (1 - q)),
   rounded (Conover, Practical Nonparametric Statistics, 3.2; Campbell and Gardner 1988, British Medical Journal 296:1454).
   Null where there are too few values for such a rank. #}
{% macro quantile_end(value, share, sign) -%}
    {%- set spread = z() ~ ' * sqrt(value_count * ' ~ share ~ ' * (1 - ' ~ share ~ '))' -%}
    {%- set rank = '1 + value_count * ' ~ share ~ ' + ' ~ spread if sign == '+' else 'value_count * ' ~ share ~ ' - ' ~ spread -%}
    cast({{ value_at(value, 'round(' ~ rank ~ ')') }} as decimal(18, 6))
{%- endmacro %}


{% macro value_at(value, rank) -%}
    max(case when place = {{ rank }} then {{ value }} end)
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
