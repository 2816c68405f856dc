{# Requests of a kind answered on time, by the month of receipt: as a whole by the clock of the law, and by each clock. A
   request counts once it is answered or its last day has passed; one still open after that day is late. #}
{% macro on_time_share(request_kind, lawful_clock) -%}
with clocks as (
    select
        programme_id,
        area_id,
        month_start,
        'all' as breakdown,
        'all' as breakdown_value,
        closed_date,
        lawful_due_date as last_date,
        extracted_on
    from {{ ref('int_request_clocks') }}
    where request_kind = '{{ request_kind }}'
    union all
    select
        programme_id,
        area_id,
        month_start,
        'clock' as breakdown,
        '{{ lawful_clock }}' as breakdown_value,
        closed_date,
        lawful_due_date as last_date,
        extracted_on
    from {{ ref('int_request_clocks') }}
    where request_kind = '{{ request_kind }}'
    union all
    select
        programme_id,
        area_id,
        month_start,
        'clock' as breakdown,
        'due date on file' as breakdown_value,
        closed_date,
        due_date as last_date,
        extracted_on
    from {{ ref('int_request_clocks') }}
    where request_kind = '{{ request_kind }}'
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    breakdown,
    breakdown_value,
    count(*) filter (where closed_date <= last_date) as numerator,
    count(*) as denominator
from clocks
where last_date is not null and (closed_date is not null or last_date <= extracted_on)
group by all
{%- endmacro %}
