select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(sum(duration_seconds) as bigint) as numerator,
    cast(null as bigint) as denominator
from {{ near('int_recordings') }}
group by all
union all
select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'staff_scope' as breakdown,
    case when is_in_scope then 'in scope' else 'other' end as breakdown_value,
    cast(sum(duration_seconds) as bigint) as numerator,
    cast(null as bigint) as denominator
from {{ near('int_recordings') }}
group by all
