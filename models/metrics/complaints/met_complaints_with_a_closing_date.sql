select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where days_open is not null) as numerator,
    count(*) as denominator
from {{ ref('int_complaints') }}
group by all
