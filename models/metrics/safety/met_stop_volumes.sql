select
    programme_id,
    area_id,
    period_start,
    period_grain,
    breakdown,
    breakdown_value,
    numerator,
    denominator
from {{ count_by_month(ref('int_encounters'), 'month_start', "encounter_kind = 'stop_and_search'") }} as counts
