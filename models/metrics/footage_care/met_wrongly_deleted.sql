-- Routine deletion of a stop that nobody complained of is what the rule asks for; deletion before the rule allows it, or once a
-- complaint or a case was known, is not. A recording counts once in the whole and once in each kind of matter and of link.
with wrong as (
    select
        care.programme_id,
        care.area_id,
        care.deletion_month,
        care.recording_id,
        coalesce(care.deletion_reason, 'not stated') as deletion_reason,
        matters.matter_kind,
        matters.link_method
    from {{ ref('int_recording_care') }} as care
    inner join {{ ref('int_footage_matters') }} as matters
        on care.programme_id = matters.programme_id and care.recording_id = matters.recording_id
    where
        care.deleted_date < coalesce(care.retained_until_date, date '9999-12-31')
        or (matters.matter_kind in ('complaint', 'case') and matters.known_date <= care.deleted_date)
)

{% for part in ['all', 'matter_kind', 'deletion_reason', 'link_method'] -%}
    select
        programme_id,
        area_id,
        deletion_month as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        count(distinct recording_id) as numerator,
        cast(null as bigint) as denominator
    from wrong
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
