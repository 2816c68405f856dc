{# Whole milliseconds since 1970: differences of times are exact integers on every engine. #}
{% macro milliseconds(timestamp) -%}
    {{ return(adapter.dispatch('milliseconds', 'bodyworn')(timestamp)) }}
{%- endmacro %}

{% macro duckdb__milliseconds(timestamp) -%}
    epoch_ms({{ timestamp }})
{%- endmacro %}

{% macro spark__milliseconds(timestamp) -%}
    unix_millis({{ timestamp }})
{%- endmacro %}


{# One row per clock hour, or day, touched by an interval given in milliseconds; the value is its first millisecond. #}
{% macro clock_hours(from_ms, to_ms) -%}
    {{ return(adapter.dispatch('clock_steps', 'bodyworn')(from_ms, to_ms, 3600000)) }}
{%- endmacro %}

{% macro clock_days(from_ms, to_ms) -%}
    {{ return(adapter.dispatch('clock_steps', 'bodyworn')(from_ms, to_ms, 86400000)) }}
{%- endmacro %}

{% macro duckdb__clock_steps(from_ms, to_ms, step_ms) -%}
    unnest(generate_series({{ from_ms }} - {{ from_ms }} % {{ step_ms }}, {{ to_ms }}, {{ step_ms }}))
{%- endmacro %}

{% macro spark__clock_steps(from_ms, to_ms, step_ms) -%}
    explode(sequence({{ from_ms }} - {{ from_ms }} % {{ step_ms }}, {{ to_ms }}, {{ step_ms }}))
{%- endmacro %}


{# A day and a time of day, put together. #}
{% macro at_time(day, time) -%}
    {{ return(adapter.dispatch('at_time', 'bodyworn')(day, time)) }}
{%- endmacro %}

{% macro duckdb__at_time(day, time) -%}
    {{ day }} + {{ time }}
{%- endmacro %}

{% macro spark__at_time(day, time) -%}
    to_timestamp(concat({{ day }}, ' ', {{ time }}))
{%- endmacro %}
