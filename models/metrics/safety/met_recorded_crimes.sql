select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(sum(crime_count) as bigint) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_borough_crimes') }}
group by all
union all
select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'major_category' as breakdown,
    major_category as breakdown_value,
    cast(sum(crime_count) as bigint) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_borough_crimes') }}
group by all
