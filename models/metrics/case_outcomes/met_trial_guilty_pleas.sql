select
    programme_id,
    area_id,
    after_from as period_start,
    'trial_window' as period_grain,
    'arm' as breakdown,
    arm as breakdown_value,
    cast(sum(pleas_after_count) as bigint) as numerator,
    cast(sum(after_days) as bigint) as denominator
from {{ ref('int_trial_officers') }}
where after_days is not null
group by all
