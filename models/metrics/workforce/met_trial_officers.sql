select distinct
    programme_id,
    area_id,
    bin_start_date as period_start,
    'trial_bin' as period_grain,
    'arm' as breakdown,
    arm as breakdown_value,
    trial_officer_count as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_trial_periods') }}
where bin_start_day = 0
