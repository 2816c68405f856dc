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


{# "a 12% fall" or "a 5% rise". #}
{% macro fall_or_rise(percent) -%}
    'a ' || {{ with_commas('abs(' ~ percent ~ ')') }} || '% ' || case when {{ percent }} < 0 then 'fall' else 'rise' end
{%- endmacro %}
