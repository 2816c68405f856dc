-- Each complaint is weighted by how many complaints its incident is expected to bring in the end.
select
    complaints.programme_id,
    complaints.area_id,
    complaints.month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) as numerator,
    sum(cast(1 / cast(lags.logged_share as double) as decimal(28, 6))) as denominator
from {{ ref('int_complaints_by_incident') }} as complaints
inner join {{ ref('int_reporting_lags') }} as lags
    on complaints.programme_id = lags.programme_id and complaints.seen_days = lags.days
group by all
