select
    programme_id,
    area_id,
    period_start,
    period_grain,
    breakdown,
    breakdown_value,
    numerator,
    denominator
from {{ share_by_month(
    ref('int_complaints'), 'month_start', "footage_available in ('yes', 'no')", 'footage_available is not null'
) }} as shares
