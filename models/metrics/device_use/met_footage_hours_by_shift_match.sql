with filmed_hours as (
    select distinct
        programme_id,
        staff_id,
        hour_ms
    from {{ ref('int_recording_hours') }}
),

-- Shifts have many more hours than footage has: only those that can be matched are made distinct.
shift_hours as (
    select distinct
        shift_hours.programme_id,
        shift_hours.staff_id,
        shift_hours.hour_ms
    from {{ ref('int_shift_hours') }} as shift_hours
    inner join filmed_hours
        on shift_hours.programme_id = filmed_hours.programme_id
        and shift_hours.staff_id = filmed_hours.staff_id
        and shift_hours.hour_ms = filmed_hours.hour_ms
)

select
    recording_hours.programme_id,
    recording_hours.area_id,
    recording_hours.month_start as period_start,
    'month' as period_grain,
    'shift_match' as breakdown,
    case when shift_hours.hour_ms is null then 'without a shift' else 'with a shift' end as breakdown_value,
    cast(sum(recording_hours.footage_ms) as bigint) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_recording_hours') }} as recording_hours
left join shift_hours
    on recording_hours.programme_id = shift_hours.programme_id
    and recording_hours.staff_id = shift_hours.staff_id
    and recording_hours.hour_ms = shift_hours.hour_ms
group by all
