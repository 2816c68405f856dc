{# A text of ours as a SQL literal, with the quotes of the engine; nothing becomes null. #}
{% macro text(value) -%}
    {%- if value is none or value is undefined -%}
        cast(null as {{ dbt.type_string() }})
    {%- else -%}
        {{ dbt.string_literal(dbt.escape_single_quotes((value | string).split() | join(' '))) }}
    {%- endif -%}
{%- endmacro %}


{# A whole number with commas between thousands. #}
{% macro with_commas(number) -%}
    {{ return(adapter.dispatch('with_commas', 'bodyworn')(number)) }}
{%- endmacro %}

{% macro duckdb__with_commas(number) -%}
    format('{:,}', cast(round({{ number }}) as bigint))
{%- endmacro %}

{% macro spark__with_commas(number) -%}
    format_number(round({{ number }}), 0)
{%- endmacro %}


{# The size of a change in per cent; above tenfold it is said as so many times. #}
{% macro percent_size(percent) -%}
    case
        when {{ percent }} > 900 then {{ with_commas(percent ~ ' / 100 + 1') }} || ' times as high'
        when abs({{ percent }}) < 0.5 then 'less than 1%'
        else {{ with_commas('abs(' ~ percent ~ ')') }} || '%'
    end
{%- endmacro %}

{# "a 12% fall", "a 5% rise" or "12 times as high". #}
{% macro fall_or_rise(percent) -%}
    case when {{ percent }} > 900 then '' else 'a ' end || {{ percent_size(percent) }}
    || case when {{ percent }} > 900 then '' when {{ percent }} < 0 then ' fall' else ' rise' end
{%- endmacro %}
