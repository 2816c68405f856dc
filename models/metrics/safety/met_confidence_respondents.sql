select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'question_code' as breakdown,
    question_code as breakdown_value,
    cast(sum(respondent_count) as bigint) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_confidence') }}
group by all
