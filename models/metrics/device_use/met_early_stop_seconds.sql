select
    programme_id,
    area_id,
    period_start,
    period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    median_early_seconds as numerator,
    ended_count as denominator
from {{ ref('int_encounter_seconds') }}
where ended_count > 0
