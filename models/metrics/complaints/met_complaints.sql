select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_complaints') }}
group by all
union all
select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'complaint_status' as breakdown,
    {{ part_value('complaint_status') }} as breakdown_value,
    count(*) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_complaints') }}
group by all
