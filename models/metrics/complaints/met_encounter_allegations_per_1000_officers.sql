select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    event_count as numerator,
    officer_count as denominator
from {{ per_officer_month(
    ref('int_allegation_meanings'),
    ref('int_officer_months'),
    'is_encounter_related',
    supplied='is_encounter_related is not null'
) }} as months
