{# A metric by area and month: the rows of a relation against the officers there, their hours, or all employees. The relation has
   the columns programme_id, area_id and month_start; `counted` says which of its rows count. A month without a row counts
   as zero. Months for which the programme knows no officers are left out, and so is a month of an area whose `exposure` is
   not known; areas without officers of their own bring rows and no exposure. A programme without a single row that fits
   `supplied` did not supply them, which is not the same as zero. #}
{% macro rate_per_officer(relation, counted='true', exposure='officer_headcount', supplied='true') -%}
with events as (
    select
        programme_id,
        area_id,
        month_start,
        count(*) filter (where {{ counted }}) as event_count
    from {{ relation }}
    group by all
),

officers as (
    select
        programme_id,
        area_id,
        month_start,
        {% if exposure.endswith('_headcount') -%}
            cast(sum({{ exposure }}) as bigint) as exposure
        {%- else -%}
            sum({{ exposure }}) as exposure
        {%- endif %}
    from {{ ref('int_officer_months') }}
    where {{ exposure }} is not null
    group by all
),

supplied as (
    select distinct programme_id
    from {{ relation }}
    where {{ supplied }}
),

months as (
    select distinct
        programme_id,
        month_start
    from officers
),

joined as (
    select
        coalesce(events.programme_id, officers.programme_id) as programme_id,
        coalesce(events.area_id, officers.area_id) as area_id,
        coalesce(events.month_start, officers.month_start) as month_start,
        coalesce(events.event_count, 0) as event_count,
        coalesce(officers.exposure, 0) as exposure
    from events
    full outer join officers
        on
            events.programme_id = officers.programme_id
            and events.area_id = officers.area_id
            and events.month_start = officers.month_start
)

select
    joined.programme_id,
    joined.area_id,
    joined.month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    joined.event_count as numerator,
    joined.exposure as denominator
from joined
inner join months
    on joined.programme_id = months.programme_id and joined.month_start = months.month_start
inner join supplied on joined.programme_id = supplied.programme_id
{%- endmacro %}
