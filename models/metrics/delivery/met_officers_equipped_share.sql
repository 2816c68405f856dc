-- An officer counts once per month and area: as equipped when any shift there began with a device issued to that officer.
with shifts as (
    select
        programme_id,
        area_id,
        month_start,
        staff_id,
        from_ms
    from {{ ref('int_shifts') }}
    where is_worked and is_in_scope and staff_id is not null
),

with_devices as (
    select distinct programme_id
    from {{ ref('int_devices') }}
),

held as (
    select
        programme_id,
        staff_id,
        {{ milliseconds('cast(held_from as timestamp)') }} as held_from_ms,
        {{ milliseconds('cast(held_before as timestamp)') }} as held_before_ms
    from {{ ref('int_device_periods') }}
    where is_active_while_held and staff_id is not null
),

on_duty as (
    select
        shifts.programme_id,
        shifts.area_id,
        shifts.month_start,
        shifts.staff_id,
        count(held.staff_id) as equipped_count
    from shifts
    inner join with_devices on shifts.programme_id = with_devices.programme_id
    left join held
        on shifts.programme_id = held.programme_id
        and shifts.staff_id = held.staff_id
        and shifts.from_ms >= held.held_from_ms
        and shifts.from_ms < held.held_before_ms
    group by all
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where equipped_count > 0) as numerator,
    count(*) as denominator
from on_duty
group by all
