select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(sum(footage_ms) as bigint) as numerator,
    cast(sum(shift_ms) as bigint) as denominator
from {{ near('int_shift_footage') }}
where footage_ms > 0
group by all
