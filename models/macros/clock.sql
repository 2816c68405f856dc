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


{# One row per clock hour touched by an interval given in milliseconds; the value is the hour's first millisecond. #}
{% macro clock_hours(from_ms, to_ms) -%}
    {{ return(adapter.dispatch('clock_hours', 'bodyworn')(from_ms, to_ms)) }}
{%- endmacro %}

{% macro duckdb__clock_hours(from_ms, to_ms) -%}
    unnest(generate_series({{ from_ms }} - {{ from_ms }} % 3600000, {{ to_ms }}, 3600000))
{%- endmacro %}

{% macro spark__clock_hours(from_ms, to_ms) -%}
    explode(sequence({{ from_ms }} - {{ from_ms }} % 3600000, {{ to_ms }}, 3600000))
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
