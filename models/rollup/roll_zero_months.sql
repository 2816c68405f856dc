-- Months in which a count without a row is zero: those that the deliveries of every feed it needs cover. What is covered only
-- because there were no cameras before is no month of the records.
with covered as (
    select distinct
        feeds.metric_id,
        covered.programme_id,
        covered.feed,
        covered.area_id,
        covered.month_start
    from {{ ref('int_covered_months') }} as covered
    inner join {{ ref('roll_metric_feeds') }} as feeds on covered.feed = feeds.feed
    inner join {{ ref('roll_metric_definitions') }} as metrics on feeds.metric_id = metrics.metric_id
    inner join {{ ref('int_programme_months') }} as months
        on covered.programme_id = months.programme_id and covered.month_start = months.month_start
    where covered.coverage = 'covered' and metrics.kind = 'count' and not metrics.is_stock
),

needed as (
    select
        metric_id,
        programme_id,
        count(distinct feed) as feed_count
    from covered
    group by metric_id, programme_id
),

-- Statistics cover months area by area, and files of events those of every area.
by_area as (
    select
        metric_id,
        programme_id,
        area_id,
        month_start,
        count(distinct feed) as feed_count
    from covered
    group by metric_id, programme_id, area_id, month_start
)

select
    by_area.metric_id,
    by_area.programme_id,
    by_area.area_id,
    by_area.month_start
from by_area
inner join needed
    on by_area.metric_id = needed.metric_id
    and by_area.programme_id = needed.programme_id
    and by_area.feed_count = needed.feed_count
