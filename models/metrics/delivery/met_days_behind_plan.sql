-- A phase is delivered on the day on which as many devices were issued in it as were planned. Days are not a sum: they are
-- counted afresh for every area, from the plan and the devices of all it contains.
with targets as (
    {% for part in ['all', 'rollout_phase'] -%}
        select
            planned.programme_id,
            paths.ancestor_area_id as area_id,
            '{{ part }}' as breakdown,
            {{ part_value(part) }} as breakdown_value,
            max(planned.planned_date) as planned_date,
            sum(planned.planned_devices) as planned_devices
        from {{ ref('int_planned_devices') }} as planned
        inner join {{ ref('int_area_paths') }} as paths
            on planned.programme_id = paths.programme_id and planned.area_id = paths.area_id
        group by all
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

issued as (
    {% for part in ['all', 'rollout_phase'] -%}
        select
            devices.programme_id,
            paths.ancestor_area_id as area_id,
            '{{ part }}' as breakdown,
            {{ part_value(part) }} as breakdown_value,
            devices.issued_date,
            row_number() over (
                partition by devices.programme_id, paths.ancestor_area_id, {{ part_value(part) }}
                order by devices.issued_date, devices.camera_id
            ) as device_number
        from {{ ref('int_issued_devices') }} as devices
        inner join {{ ref('int_area_paths') }} as paths
            on devices.programme_id = paths.programme_id and devices.area_id = paths.area_id
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

delivered as (
    select
        targets.programme_id,
        targets.area_id,
        targets.breakdown,
        targets.breakdown_value,
        targets.planned_date,
        min(issued.issued_date) as delivered_date
    from targets
    left join issued
        on targets.programme_id = issued.programme_id
        and targets.area_id = issued.area_id
        and targets.breakdown = issued.breakdown
        and targets.breakdown_value = issued.breakdown_value
        and targets.planned_devices <= issued.device_number
    group by all
)

select
    delivered.programme_id,
    delivered.area_id,
    months.month_start as period_start,
    'month' as period_grain,
    delivered.breakdown,
    delivered.breakdown_value,
    {{ dbt.datediff(
        'delivered.planned_date', 'least(coalesce(delivered.delivered_date, months.last_day), months.last_day)', 'day'
    ) }} as numerator,
    cast(null as bigint) as denominator
from delivered
inner join {{ ref('int_programme_months') }} as months on delivered.programme_id = months.programme_id
where delivered.delivered_date <= months.last_day or delivered.planned_date <= months.last_day
