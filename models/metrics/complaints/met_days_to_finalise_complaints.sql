-- The means are printed in whole days, so a mean over several forces is right to within half a day.
select
    programme_id,
    area_id,
    year_start as period_start,
    'year' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    sum(case_count * mean_days) as numerator,
    sum(case_count) as denominator
from {{ ref('int_finalised_complaints') }}
group by all
having count(*) = count(mean_days)
union all
select
    programme_id,
    area_id,
    year_start as period_start,
    'year' as period_grain,
    'schedule' as breakdown,
    schedule as breakdown_value,
    case_count * mean_days as numerator,
    case_count as denominator
from {{ ref('int_finalised_complaints') }}
where mean_days is not null
