-- The release that first gave figures of a period, as earlier ones recorded it, for the version of the metric that is in force.
select
    earlier.programme_id,
    earlier.metric_id,
    earlier.period_grain,
    earlier.period_start,
    earlier.metric_version,
    earlier.first_release_number
from {{ derived('history', 'first_releases') }} as earlier
inner join {{ ref('roll_metric_definitions') }} as metrics
    on earlier.metric_id = metrics.metric_id and earlier.metric_version = metrics.version
