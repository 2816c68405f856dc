-- The release that first gave figures of a period, as earlier ones tell it, for the version of the metric that is in force.
select
    told.programme_id,
    told.metric_id,
    told.period_grain,
    told.period_start,
    told.metric_version,
    told.first_release_number
from {{ derived('history', 'first_releases') }} as told
inner join {{ ref('int_metric_definitions') }} as metrics
    on told.metric_id = metrics.metric_id and told.metric_version = metrics.version
