select
    programme_id,
    area_id,
    period_start,
    period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    median_late_seconds as numerator,
    timed_count as denominator
from {{ ref('int_encounter_seconds') }}
where timed_count > 0
