-- Months of a programme's data that no delivery of a feed covers, though it delivers the feed: of all areas (no area_id) or of
-- one. A table that begins or ends while another of its feed goes on leaves no gap, one that pauses does. The files of a force
-- and month of street crime all come, or one is missing; other statistics begin and end with their publication. What lies
-- before the first and after the last delivery is not certain: a file of complaints also tells what was closed later.
with covered as (
    select *
    from {{ ref('int_covered_months') }}
    where coverage in ('covered', 'before')
),

feeds as (
    select
        programme_id,
        feed,
        bool_and(is_of_rows) as is_of_rows,
        min(month_start) as first_month,
        max(month_start) as last_month
    from covered
    group by programme_id, feed
),

-- A table by itself, or an area of monthly statistics, has no gap between its own first and last month.
own as (
    select
        programme_id,
        feed,
        delivered_as,
        area_id,
        min(month_start) as first_month,
        max(month_start) as last_month
    from covered
    group by programme_id, feed, delivered_as, area_id
),

series as (
    select
        own.programme_id,
        own.feed,
        own.delivered_as,
        own.area_id,
        case when own.feed = 'street_crimes' then feeds.first_month else own.first_month end as first_month,
        case when own.feed = 'street_crimes' then feeds.last_month else own.last_month end as last_month
    from own
    inner join feeds on own.programme_id = feeds.programme_id and own.feed = feeds.feed
),

gaps as (
    select
        feeds.programme_id,
        feeds.feed,
        cast(null as {{ dbt.type_string() }}) as area_id,
        months.month_start,
        false as is_known
    from feeds
    inner join {{ ref('int_programme_months') }} as months on feeds.programme_id = months.programme_id
    where
        (not feeds.is_of_rows or months.month_start between feeds.first_month and feeds.last_month)
        and not exists (
            select 1
            from covered
            where covered.programme_id = feeds.programme_id
                and covered.feed = feeds.feed
                and covered.month_start = months.month_start
        )
    union
    select
        series.programme_id,
        series.feed,
        series.area_id,
        months.month_start,
        true as is_known
    from series
    inner join {{ ref('int_programme_months') }} as months
        on series.programme_id = months.programme_id
        and months.month_start between series.first_month and series.last_month
    left join covered
        on series.programme_id = covered.programme_id
        and series.feed = covered.feed
        and series.delivered_as = covered.delivered_as
        and coalesce(series.area_id, '') = coalesce(covered.area_id, '')
        and months.month_start = covered.month_start
    where covered.month_start is null
    union
    select
        known.programme_id,
        known.feed,
        known.area_id,
        known.month_start,
        true as is_known
    from {{ ref('int_covered_months') }} as known
    inner join {{ ref('int_programme_months') }} as months
        on known.programme_id = months.programme_id and known.month_start = months.month_start
    left join covered
        on known.coverage = 'entered'
        and known.programme_id = covered.programme_id
        and known.feed = covered.feed
        and known.month_start = covered.month_start
    where known.coverage in ('entered', 'left_out') and covered.month_start is null
)

select
    gaps.programme_id,
    gaps.feed,
    gaps.area_id,
    gaps.month_start,
    coalesce(bool_or(gaps.month_start between feeds.first_month and feeds.last_month), false) as is_between,
    coalesce(bool_or(gaps.month_start between feeds.first_month and feeds.last_month), false)
    or bool_or(gaps.is_known) as is_certain
from gaps
left join feeds on gaps.programme_id = feeds.programme_id and gaps.feed = feeds.feed
group by gaps.programme_id, gaps.feed, gaps.area_id, gaps.month_start
