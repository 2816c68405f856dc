with reached as (
    select
        programme_id,
        subject_id as encounter_id,
        {% for label, fits in match_windows() -%}
            max(case when {{ fits }} then 1 else 0 end) as {{ label | replace(' ', '_') }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_match_windows') }}
    where subject_kind = 'encounter'
    group by programme_id, subject_id
),

encounters as (
    select
        encounters.programme_id,
        encounters.area_id,
        encounters.month_start,
        {% for label, fits in match_windows() -%}
            coalesce(reached.{{ label | replace(' ', '_') }}, 0) as {{ label | replace(' ', '_') }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_encounters') }} as encounters
    inner join {{ ref('int_footage_supplied') }} as supplied on encounters.programme_id = supplied.programme_id
    left join reached
        on encounters.programme_id = reached.programme_id and encounters.encounter_id = reached.encounter_id
)

{% for breakdown, label in [
    ('all', 'the tolerance'), ('match_window', 'half the tolerance'), ('match_window', 'the tolerance'),
    ('match_window', 'double the tolerance')
] -%}
    select
        programme_id,
        area_id,
        month_start as period_start,
        'month' as period_grain,
        '{{ breakdown }}' as breakdown,
        '{{ 'all' if breakdown == 'all' else label }}' as breakdown_value,
        cast(sum({{ label | replace(' ', '_') }}) as bigint) as numerator,
        count(*) as denominator
    from encounters
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
