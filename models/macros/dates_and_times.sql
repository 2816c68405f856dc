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


{# "February 2016". #}
{% macro month_in_words(day) -%}
    case extract(month from {{ day }})
        {% for name in ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
            'November'] -%}
            when {{ loop.index }} then '{{ name }}'
        {% endfor -%}
        else 'December'
    end || ' ' || cast(extract(year from {{ day }}) as {{ dbt.type_string() }})
{%- endmacro %}


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


{# Last day of a period that begins on a day. #}
{% macro last_day_of(grain, start, period_days) -%}
    cast(
        case
            when {{ grain }} = 'month' then {{ dbt.dateadd('month', 1, start) }}
            when {{ grain }} = 'quarter' then {{ dbt.dateadd('month', 3, start) }}
            when {{ grain }} = 'year' then {{ dbt.dateadd('month', 12, start) }}
            else {{ dbt.dateadd('day', period_days, start) }}
        end as date
    ) - 1
{%- endmacro %}


{# Whole months from a first to a last day. #}
{% macro months_between(first_day, last_day) -%}
    ({{ dbt.datediff(first_day, last_day, 'month') }} + 1)
{%- endmacro %}


{# How many months a side has, said where the two differ: counts of 24 months and of 12 are not to be set side by side. #}
{% macro months_of(side) -%}
    case
        when {{ months_between('changes.baseline_start', 'changes.baseline_end') }}
            <> {{ months_between('changes.comparison_start', 'changes.comparison_end') }}
            then 'the ' || {{ months_between('changes.' ~ side ~ '_start', 'changes.' ~ side ~ '_end') }} || ' months of '
        else ''
    end
{%- endmacro %}


{# Joins the span of local time in which a time lies, for `utc_ms`. #}
{% macro join_utc_offset(alias, relation, time) -%}
    left join {{ ref('int_utc_offsets') }} as {{ alias }}
        on
            {{ relation }}.programme_id = {{ alias }}.programme_id
            and extract(year from {{ relation }}.{{ time }}) = {{ alias }}.local_year
            and {{ relation }}.{{ time }} >= {{ alias }}.local_from
            and {{ relation }}.{{ time }} < {{ alias }}.local_before
{%- endmacro %}


{# Milliseconds of UTC at a local time, by the span that was joined: differences are elapsed time whatever the clocks did.
   With `again`, the second time at which clocks showed it, where they showed it twice. A zone nobody knows is UTC. #}
{% macro utc_ms(alias, time, again=false) -%}
    {{ milliseconds(time) }}
    - coalesce({{ alias }}.{{ 'later_offset_seconds' if again else 'offset_seconds' }}, 0) * 1000
{%- endmacro %}


{# The time of each person in scope, cut at clock hours: one row per row of `relation` (by `id`) and hour that it adds to what
   earlier rows of the person cover, so that a moment of one person counts once. Pieces of a second or less are dropped: they
   come from clocks, or spreadsheets, that are a moment early or late. `verb` names the columns that hold from and before which
   millisecond of UTC, and for how long; `kept` are further columns of the relation. #}
{% macro hours_counted_once(relation, id, verb, kept=[]) -%}
    {%- set columns = ['programme_id', 'area_id', 'staff_id', id] + kept + ['month_start'] -%}
    with known as (
        select
            {{ columns | join(', ') }},
            from_utc_ms,
            to_utc_ms,
            max(to_utc_ms) over (
                partition by programme_id, staff_id
                order by from_utc_ms, to_utc_ms, {{ id }}
                rows between unbounded preceding and 1 preceding
            ) as covered_before_ms
        from {{ relation }}
        where is_in_scope and to_utc_ms > from_utc_ms
    ),

    added as (
        select
            {{ columns | join(', ') }},
            greatest(from_utc_ms, coalesce(covered_before_ms, from_utc_ms)) as added_from_ms,
            to_utc_ms
        from known
    ),

    cut as (
        select
            added.*,
            {{ clock_hours('added_from_ms', 'to_utc_ms') }} as hour_ms
        from added
        where to_utc_ms > added_from_ms
    ),

    pieces as (
        select
            {{ columns | join(', ') }},
            hour_ms,
            greatest(added_from_ms, hour_ms) as {{ verb }}_from_ms,
            least(to_utc_ms, hour_ms + 3600000) as {{ verb }}_before_ms
        from cut
    )

    select
        pieces.*,
        {{ verb }}_before_ms - {{ verb }}_from_ms as {{ verb }}_ms
    from pieces
    where {{ verb }}_before_ms - {{ verb }}_from_ms > 1000
{%- endmacro %}
