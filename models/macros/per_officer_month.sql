{# A relation (programme_id, area_id, month_start, event_count, officer_count): the rows of another one with the first three
   columns, counted by area and month against the officers there. A month without a row counts as zero; months for which the
   programme knows no officers are left out; areas without officers of their own bring rows and no exposure. `counted`
   says which rows count. `exposure` is the column that rows are set against, officers or their hours; a month in which it is
   not known is left out. A programme without a single row that fits `supplied` did not supply them, which is not zero. #}
{% macro per_officer_month(relation, officer_months, counted='true', exposure='officer_headcount', supplied='true') -%}
(
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
        {% if exposure == 'officer_headcount' -%}
            cast(sum(officer_headcount) as bigint) as officer_count
        {%- else -%}
            sum({{ exposure }}) as officer_count
        {%- endif %}
    from {{ officer_months }}
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
        coalesce(officers.officer_count, 0) as officer_count
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
    joined.month_start,
    joined.event_count,
    joined.officer_count
from joined
inner join months
    on joined.programme_id = months.programme_id and joined.month_start = months.month_start
inner join supplied on joined.programme_id = supplied.programme_id
)
{%- endmacro %}
