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
    ref('int_crime_outcomes'),
    'recorded_month',
    "is_charged",
    "is_assigned",
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }} as shares
