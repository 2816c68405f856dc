-- The release that first gave figures of a period: an earlier one, or this. The window grows with every delivery, so it cannot
-- be compared between releases and is left out.
with now as (
    select distinct
        programme_id,
        metric_id,
        period_grain,
        period_start
    from {{ ref('fct_metrics') }}
    where period_grain <> 'window'
)

select
    programme_id,
    metric_id,
    period_grain,
    period_start,
    metric_version,
    first_release_number
from {{ ref('roll_earlier_periods') }}
union all
select
    now.programme_id,
    now.metric_id,
    now.period_grain,
    now.period_start,
    metrics.version as metric_version,
    releases.release_number as first_release_number
from now
inner join {{ ref('roll_metric_definitions') }} as metrics on now.metric_id = metrics.metric_id
inner join {{ ref('int_releases') }} as releases on now.programme_id = releases.programme_id and releases.is_this
left join {{ ref('roll_earlier_periods') }} as earlier
    on now.programme_id = earlier.programme_id
    and now.metric_id = earlier.metric_id
    and now.period_grain = earlier.period_grain
    and now.period_start = earlier.period_start
where earlier.metric_id is null
