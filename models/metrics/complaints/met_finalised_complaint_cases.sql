select
    programme_id,
    area_id,
    year_start as period_start,
    'year' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    sum(case_count) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_finalised_complaints') }}
group by all
union all
select
    programme_id,
    area_id,
    year_start as period_start,
    'year' as period_grain,
    'schedule' as breakdown,
    schedule as breakdown_value,
    case_count as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_finalised_complaints') }}
