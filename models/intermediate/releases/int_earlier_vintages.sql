-- Counts of months as earlier releases changed them, of the version of the metric that is in force.
select
    told.programme_id,
    told.metric_id,
    told.period_start,
    told.release_number,
    told.period_end,
    told.metric_version,
    told.counted
from {{ derived('history', 'vintages') }} as told
inner join {{ ref('int_metric_definitions') }} as metrics
    on told.metric_id = metrics.metric_id and told.metric_version = metrics.version
