with filmed_hours as (
    select distinct
        programme_id,
        staff_id,
        shift_id,
        hour_ms
    from {{ near('int_filmed_shift_hours') }}
),

matched as (
    select
        shift_hours.programme_id,
        shift_hours.area_id,
        shift_hours.month_start,
        shift_hours.worked_ms,
        shift_hours.is_worked,
        filmed_hours.hour_ms is not null as has_footage
    from {{ near('int_shift_hours') }} as shift_hours
    left join filmed_hours
        on shift_hours.programme_id = filmed_hours.programme_id
        and shift_hours.staff_id = filmed_hours.staff_id
        and shift_hours.shift_id = filmed_hours.shift_id
        and shift_hours.hour_ms = filmed_hours.hour_ms
),

summed as (
    select
        programme_id,
        area_id,
        month_start,
        has_footage,
        is_worked,
        sum(worked_ms) as worked_ms
    from matched
    group by all
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'footage_match' as breakdown,
    case when has_footage then 'with footage' else 'without footage' end as breakdown_value,
    cast(sum(worked_ms) as bigint) as numerator,
    cast(null as bigint) as denominator
from summed
group by all
union all
select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'footage_match_and_time_off' as breakdown,
    case
        when has_footage then 'with footage'
        when is_worked then 'without footage, on duty'
        else 'without footage, time off'
    end as breakdown_value,
    cast(sum(worked_ms) as bigint) as numerator,
    cast(null as bigint) as denominator
from summed
group by all
