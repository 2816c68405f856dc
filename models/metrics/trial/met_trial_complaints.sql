select
    programme_id,
    area_id,
    bin_start_date as period_start,
    'trial_bin' as period_grain,
    'arm' as breakdown,
    arm as breakdown_value,
    complaint_count as numerator,
    officer_days as denominator
from {{ ref('int_trial_periods') }}
