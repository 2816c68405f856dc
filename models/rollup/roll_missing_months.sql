-- Months that a metric needs and no delivery covers, at every area whose figure would lack them: an area whose own months are
-- missing, all that contain it and all inside it.
with touched as (
    select
        area_id,
        programme_id,
        ancestor_area_id as touched_area_id
    from {{ ref('int_area_paths') }}
    union
    select
        ancestor_area_id as area_id,
        programme_id,
        area_id as touched_area_id
    from {{ ref('int_area_paths') }}
),

by_area as (
    select
        gaps.programme_id,
        gaps.feed,
        touched.touched_area_id as area_id,
        gaps.month_start,
        gaps.is_between,
        gaps.is_certain
    from {{ ref('int_missing_months') }} as gaps
    inner join touched on gaps.programme_id = touched.programme_id and gaps.area_id = touched.area_id
    union
    select
        gaps.programme_id,
        gaps.feed,
        areas.area_id,
        gaps.month_start,
        gaps.is_between,
        gaps.is_certain
    from {{ ref('int_missing_months') }} as gaps
    inner join {{ ref('int_areas') }} as areas on gaps.programme_id = areas.programme_id
    where gaps.area_id is null
)

select
    feeds.metric_id,
    by_area.programme_id,
    by_area.area_id,
    by_area.month_start,
    bool_or(by_area.is_between) as is_between,
    bool_or(by_area.is_certain) as is_certain,
    min(by_area.feed) as first_feed,
    max(by_area.feed) as last_feed
from by_area
inner join {{ ref('roll_metric_feeds') }} as feeds on by_area.feed = feeds.feed
group by all
