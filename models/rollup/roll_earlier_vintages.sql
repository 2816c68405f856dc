-- Counts of months as earlier releases changed them, of the version of the metric that is in force.
select
    earlier.programme_id,
    earlier.metric_id,
    earlier.period_start,
    earlier.release_number,
    earlier.period_end,
    earlier.metric_version,
    earlier.counted
from {{ derived('history', 'vintages') }} as earlier
inner join {{ ref('roll_metric_definitions') }} as metrics
    on earlier.metric_id = metrics.metric_id and earlier.metric_version = metrics.version
