select
    programme_id,
    metric_id,
    period_start,
    release_number,
    period_end,
    metric_version,
    cast(counted as double) as counted
from {{ ref('roll_vintages') }}
