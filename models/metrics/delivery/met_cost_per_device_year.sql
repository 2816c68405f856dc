-- Payments have no area, so the cost is that of the whole programme alone, from the month of the first device or payment.
with days as (
    select
        periods.programme_id,
        months.month_start,
        cast(0 as decimal(18, 2)) as amount_gbp,
        {{ dbt.datediff(
            'greatest(periods.held_from, months.month_start)',
            'least(periods.held_before, ' ~ dbt.dateadd('day', 1, 'months.last_day') ~ ')',
            'day'
        ) }} as device_days
    from {{ ref('int_device_periods') }} as periods
    inner join {{ ref('int_programme_months') }} as months
        on periods.programme_id = months.programme_id
        and periods.held_from <= months.last_day
        and periods.held_before > months.month_start
        and periods.held_before > periods.held_from
    where periods.is_active_while_held
    union all
    select
        programme_id,
        month_start,
        amount_gbp,
        0 as device_days
    from {{ ref('int_spend') }}
),

supplied as (
    select distinct spend.programme_id
    from {{ ref('int_spend') }} as spend
    inner join {{ ref('int_devices') }} as devices on spend.programme_id = devices.programme_id
)

select
    days.programme_id,
    roots.area_id,
    days.month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    sum(days.amount_gbp) as numerator,
    cast(sum(days.device_days) as bigint) as denominator
from days
inner join supplied on days.programme_id = supplied.programme_id
inner join {{ ref('int_areas') }} as roots on days.programme_id = roots.programme_id and roots.sort_order = 0
group by all
