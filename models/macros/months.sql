{# One row per month from a first day of a month to a last day. #}
{% macro each_month(first_month, last_day) -%}
    {{ return(adapter.dispatch('each_month', 'bodyworn')(first_month, last_day)) }}
{%- endmacro %}

{% macro duckdb__each_month(first_month, last_day) -%}
    unnest(generate_series({{ first_month }}, {{ last_day }}, interval 1 month))
{%- endmacro %}

{% macro spark__each_month(first_month, last_day) -%}
    explode(sequence({{ first_month }}, {{ last_day }}, interval 1 month))
{%- endmacro %}


{# One row per day from a first day to a last day. #}
{% macro each_day(first_day, last_day) -%}
    {{ return(adapter.dispatch('each_day', 'bodyworn')(first_day, last_day)) }}
{%- endmacro %}

{% macro duckdb__each_day(first_day, last_day) -%}
    unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day))
{%- endmacro %}

{% macro spark__each_day(first_day, last_day) -%}
    explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day))
{%- endmacro %}

