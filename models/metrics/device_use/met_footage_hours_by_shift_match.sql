with filmed as (
    select
        programme_id,
        recording_id,
        area_id,
        month_start,
        sum(filmed_ms) as footage_ms
    from {{ near('int_recording_hours') }}
    group by all
),

matched as (
    select
        programme_id,
        recording_id,
        recording_month,
        sum(footage_ms) as matched_ms
    from {{ near('int_filmed_shift_hours') }}
    group by all
),

joined as (
    select
        filmed.programme_id,
        filmed.area_id,
        filmed.month_start,
        filmed.footage_ms,
        coalesce(matched.matched_ms, 0) as matched_ms
    from filmed
    left join matched
        on filmed.programme_id = matched.programme_id
        and filmed.recording_id = matched.recording_id
        and filmed.month_start = matched.recording_month
)

{% for part, counted in [('with a shift', 'matched_ms'), ('without a shift', 'footage_ms - matched_ms')] -%}
    select
        programme_id,
        area_id,
        month_start as period_start,
        'month' as period_grain,
        'shift_match' as breakdown,
        '{{ part }}' as breakdown_value,
        cast(sum({{ counted }}) as bigint) as numerator,
        cast(null as bigint) as denominator
    from joined
    group by all
    having sum({{ counted }}) > 0
    {{ 'union all' if not loop.last }}
{% endfor %}
