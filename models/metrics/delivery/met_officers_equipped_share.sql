-- An officer counts once per month and area: as equipped when any shift there began with a device issued to that officer.
with on_duty as (
    select
        programme_id,
        area_id,
        month_start,
        staff_id,
        max(case when is_equipped then 1 else 0 end) as was_equipped
    from {{ near('int_shift_equipment') }}
    group by programme_id, area_id, month_start, staff_id
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    sum(was_equipped) as numerator,
    count(*) as denominator
from on_duty
group by programme_id, area_id, month_start
