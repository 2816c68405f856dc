with counted as (
    select
        programme_id,
        area_id,
        rollout_phase,
        issued_date as counts_from,
        1 as issued_count,
        0 as planned_count
    from {{ ref('int_issued_devices') }}
    union all
    select
        programme_id,
        area_id,
        rollout_phase,
        planned_date as counts_from,
        0 as issued_count,
        planned_devices as planned_count
    from {{ ref('int_planned_devices') }}
),

by_month as (
    select
        counted.programme_id,
        counted.area_id,
        months.month_start,
        coalesce(counted.rollout_phase, 'not stated') as rollout_phase,
        case when counted.counts_from <= months.last_day then counted.issued_count else 0 end as issued_count,
        case when counted.counts_from <= months.last_day then counted.planned_count else 0 end as planned_count
    from counted
    inner join {{ ref('int_programme_months') }} as months on counted.programme_id = months.programme_id
)

{% for part in ['all', 'rollout_phase'] -%}
    select
        programme_id,
        area_id,
        month_start as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        cast(sum(issued_count) as bigint) as numerator,
        cast(sum(planned_count) as bigint) as denominator
    from by_month
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
