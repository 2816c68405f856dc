select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where has_category) as numerator,
    count(*) as denominator
from {{ ref('int_complaints') }}
group by all
union all
select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'investigating_agency' as breakdown,
    coalesce(investigating_agency, 'not stated') as breakdown_value,
    count(*) filter (where has_category) as numerator,
    count(*) as denominator
from {{ ref('int_complaints') }}
group by all
