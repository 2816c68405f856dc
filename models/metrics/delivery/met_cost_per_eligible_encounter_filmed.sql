-- Payments have no area, so the cost is that of the whole programme alone, from the month of the first payment or filmed
-- encounter; and of no programme where an area that was given cameras has no encounters on file, or where cameras came before
-- the first month of which encounters are on file: the money then bought cameras whose encounters cannot be counted.
with counted as (
    select
        programme_id,
        month_start,
        amount_gbp,
        0 as filmed_count
    from {{ ref('int_spend') }}
    union all
    select
        programme_id,
        month_start,
        cast(0 as decimal(18, 2)) as amount_gbp,
        1 as filmed_count
    from {{ ref('int_encounter_coverage') }}
    where has_recording
),

-- Programmes with cameras whose encounters cannot be counted.
uncounted as (
    select devices.programme_id
    from {{ ref('int_device_periods') }} as devices
    left join {{ ref('int_encounters') }} as encounters
        on devices.programme_id = encounters.programme_id and devices.area_id = encounters.area_id
    where devices.area_id <> 'unknown' and encounters.programme_id is null
    union all
    select devices.programme_id
    from {{ ref('int_device_periods') }} as devices
    inner join (
        select
            programme_id,
            min(month_start) as first_month
        from {{ ref('int_encounters') }}
        group by programme_id
    ) as encounters on devices.programme_id = encounters.programme_id
    where devices.held_from < encounters.first_month
),

supplied as (
    select programme_id
    from {{ ref('int_footage_supplied') }}
    where
        programme_id in (select programme_id from {{ ref('int_spend') }})
        and programme_id in (select programme_id from {{ ref('int_encounters') }})
        and programme_id not in (select programme_id from uncounted)
)

select
    counted.programme_id,
    roots.area_id,
    counted.month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    sum(counted.amount_gbp) as numerator,
    cast(sum(counted.filmed_count) as bigint) as denominator
from counted
inner join supplied on counted.programme_id = supplied.programme_id
inner join {{ ref('int_areas') }} as roots on counted.programme_id = roots.programme_id and roots.sort_order = 0
group by all
