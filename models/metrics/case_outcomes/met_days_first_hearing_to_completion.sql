select
    programme_id,
    area_id,
    period_start,
    period_grain,
    breakdown,
    breakdown_value,
    numerator,
    denominator
from {{ median_wait(
    ref('int_cases'),
    'first_hearing_date',
    'disposal_date',
    'disposal_date',
    ['is_domestic_abuse', 'camera_evidence_used']
) }} as medians
