-- The 95% interval of every figure that is a quantile, as its met_ model gives it: a quantile has no counts to make one of.
with quantiles as (
    {{ unite_quantile_intervals(every_quantile()) }}
)

select
    metric_id,
    programme_id,
    area_id,
    period_grain,
    period_start,
    breakdown,
    breakdown_value,
    interval_low,
    interval_high,
    interval_method
from quantiles
