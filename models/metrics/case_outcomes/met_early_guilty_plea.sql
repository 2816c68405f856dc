select
    programme_id,
    area_id,
    first_hearing_month as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where is_early_guilty_plea) as numerator,
    count(*) as denominator
from {{ ref('int_cases') }}
where first_hearing_month is not null
group by all
