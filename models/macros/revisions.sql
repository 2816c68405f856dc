{# Whole months between the end of a period and the last day known: 0 as soon as its month is over, below 0 before. #}
{% macro age_months(period_end, known_to) -%}
    cast(
        12 * (year({{ known_to }}) - year({{ period_end }})) + month({{ known_to }}) - month({{ period_end }})
        - case when {{ known_to }} = last_day({{ known_to }}) then 0 else 1 end as bigint
    )
{%- endmacro %}


{# Whether two numbers of two releases differ, one of them missing included; a billionth is how the same sum was rounded. #}
{% macro differs(one, other) -%}
    coalesce(
        abs({{ one }} - {{ other }}) > 1e-9 * greatest(abs({{ one }}), abs({{ other }})),
        ({{ one }} is null) <> ({{ other }} is null)
    )
{%- endmacro %}
