-- Footage counts as held when any recording of the complaint was there through the day of logging; which hour of that day a
-- complaint was logged in is not on file. A complaint counts once in the whole and once in each kind of link, there by the
-- recordings so linked.
with linked as (
    select
        complaints.programme_id,
        complaints.area_id,
        complaints.month_start,
        complaints.complaint_id,
        matters.link_method,
        care.deleted_date is null or care.deleted_date > complaints.complaint_date as is_held
    from {{ ref('int_complaints') }} as complaints
    inner join {{ ref('int_footage_matters') }} as matters
        on complaints.programme_id = matters.programme_id
        and complaints.complaint_id = matters.matter_id
        and matters.matter_kind = 'complaint'
    inner join {{ ref('int_recording_care') }} as care
        on matters.programme_id = care.programme_id and matters.recording_id = care.recording_id
    inner join {{ ref('int_footage_supplied') }} as supplied
        on complaints.programme_id = supplied.programme_id and supplied.has_deletions
)

{% for part in ['all', 'link_method'] -%}
    select
        programme_id,
        area_id,
        month_start as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        count(distinct case when is_held then complaint_id end) as numerator,
        count(distinct complaint_id) as denominator
    from linked
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
