select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_complaints_by_incident') }}
group by all
