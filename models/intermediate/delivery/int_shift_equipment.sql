-- One row per shift worked, with whether the officer held an active device of the officer's own when it began. Of programmes
-- that supply a list of devices alone: without one nobody knows who was equipped.
with shifts as (
    select
        programme_id,
        area_id,
        month_start,
        staff_id,
        from_ms,
        to_ms
    from {{ near('int_shifts') }}
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
)

select
    shifts.programme_id,
    shifts.area_id,
    shifts.month_start,
    shifts.staff_id,
    shifts.from_ms,
    shifts.to_ms,
    count(held.staff_id) > 0 as is_equipped
from shifts
inner join with_devices on shifts.programme_id = with_devices.programme_id
left join held
    on shifts.programme_id = held.programme_id
    and shifts.staff_id = held.staff_id
    and shifts.from_ms >= held.held_from_ms
    and shifts.from_ms < held.held_before_ms
group by all
