-- An officer counts once per month and area in which any shift began with a device of the officer's own: as without recordings
-- when no recording by that officer began in such a shift there.
with shift_days as (
    select
        programme_id,
        area_id,
        month_start,
        staff_id,
        from_ms,
        to_ms,
        {{ clock_days('from_ms', 'least(to_ms, from_ms + 86400000)') }} as day_ms
    from {{ near('int_shift_equipment') }}
    where
        is_equipped and to_ms >= from_ms
        and programme_id in (select programme_id from {{ ref('int_footage_supplied') }})
),

filmed as (
    select
        shift_days.programme_id,
        shift_days.area_id,
        shift_days.month_start,
        shift_days.staff_id,
        count(recordings.staff_id) as recording_count
    from shift_days
    left join {{ near('int_recordings') }} as recordings
        on shift_days.programme_id = recordings.programme_id
        and shift_days.staff_id = recordings.staff_id
        and shift_days.day_ms = recordings.from_ms - recordings.from_ms % 86400000
        and recordings.from_ms between shift_days.from_ms and shift_days.to_ms
    group by all
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where recording_count = 0) as numerator,
    count(*) as denominator
from filmed
group by all
