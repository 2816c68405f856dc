-- The count of every month of the whole programme, wherever a release changed it. A new version of a metric starts again.
with now as (
    select
        figures.programme_id,
        figures.metric_id,
        figures.period_start,
        figures.period_end,
        figures.numerator as counted
    from {{ ref('roll_values') }} as figures
    inner join {{ ref('int_areas') }} as areas
        on figures.programme_id = areas.programme_id and figures.area_id = areas.area_id and areas.sort_order = 0
    where figures.period_grain = 'month' and figures.breakdown = 'all'
),

placed as (
    select
        programme_id,
        metric_id,
        period_start,
        period_end,
        counted,
        row_number() over (partition by programme_id, metric_id, period_start order by release_number desc) as place
    from {{ ref('roll_earlier_vintages') }}
),

last_known as (
    select *
    from placed
    where place = 1
),

changed as (
    select
        coalesce(now.programme_id, last_known.programme_id) as programme_id,
        coalesce(now.metric_id, last_known.metric_id) as metric_id,
        coalesce(now.period_start, last_known.period_start) as period_start,
        coalesce(now.period_end, last_known.period_end) as period_end,
        now.counted
    from now
    full outer join last_known
        on now.programme_id = last_known.programme_id
        and now.metric_id = last_known.metric_id
        and now.period_start = last_known.period_start
    where {{ differs('now.counted', 'last_known.counted') }}
)

select
    programme_id,
    metric_id,
    period_start,
    release_number,
    period_end,
    metric_version,
    counted
from {{ ref('roll_earlier_vintages') }}
union all
select
    changed.programme_id,
    changed.metric_id,
    changed.period_start,
    releases.release_number,
    changed.period_end,
    metrics.version as metric_version,
    changed.counted
from changed
inner join {{ ref('roll_metric_definitions') }} as metrics on changed.metric_id = metrics.metric_id
inner join {{ ref('int_releases') }} as releases on changed.programme_id = releases.programme_id and releases.is_this
