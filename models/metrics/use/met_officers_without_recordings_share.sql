-- An officer counts once in a month and area, and as without recordings when none of the officer's own began in a shift there.
with shift_hours as (
    select
        programme_id,
        area_id,
        month_start,
        staff_id,
        from_ms,
        to_ms,
        {{ clock_hours('from_ms', 'least(to_ms, from_ms + 86400000)') }} as hour_ms
    from {{ ref('int_shifts') }}
    where
        is_worked and is_in_scope and staff_id is not null and to_ms >= from_ms
        and programme_id in (select programme_id from {{ ref('int_footage_supplied') }})
),

filmed as (
    select
        shift_hours.programme_id,
        shift_hours.area_id,
        shift_hours.month_start,
        shift_hours.staff_id,
        count(recordings.staff_id) as recording_count
    from shift_hours
    left join {{ ref('int_recordings') }} as recordings
        on shift_hours.programme_id = recordings.programme_id
        and shift_hours.staff_id = recordings.staff_id
        and shift_hours.hour_ms = recordings.from_ms - recordings.from_ms % 3600000
        and recordings.from_ms between shift_hours.from_ms and shift_hours.to_ms
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
