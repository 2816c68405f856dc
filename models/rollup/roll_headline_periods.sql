-- Which period of a metric and area is shown first: the last twelve settled months; where one of them has no figures, or
-- they began later, or what is counted changed among them, the last complete quarter; without one, the whole time. A number
-- on a day and a wave of a survey are those of the last month. Figures of the use of cameras start in the first whole month
-- after they came. A quantile is no sum of months, so its twelve months are a calendar year that ends with the last settled
-- month.
with months as (
    select
        periods.programme_id,
        periods.metric_id,
        periods.area_id,
        periods.period_start as month_start,
        periods.period_end <= programmes.data_to as is_whole,
        not coalesce(provisional.is_provisional, false) as is_settled
    from {{ ref('roll_periods') }} as periods
    inner join {{ ref('int_programmes') }} as programmes on periods.programme_id = programmes.programme_id
    left join {{ ref('roll_provisional') }} as provisional
        on periods.programme_id = provisional.programme_id
        and periods.metric_id = provisional.metric_id
        and periods.area_id = provisional.area_id
        and periods.period_grain = provisional.period_grain
        and periods.period_start = provisional.period_start
    -- A month that was not supplied has a row without a number.
    where periods.period_grain = 'month' and periods.breakdown = 'all' and periods.numerator is not null
),

-- A month without a row of one area has none of what is counted; without a row of any area it has no figures.
supplied as (
    select
        programme_id,
        metric_id,
        month_start,
        max(case when is_settled then 1 else 0 end) = 1 as is_settled
    from months
    where is_whole
    group by all
),

extents as (
    select
        programme_id,
        metric_id,
        min(month_start) as first_month,
        max(case when is_settled then month_start end) as settled_month
    from supplied
    group by all
),

series as (
    select
        months.programme_id,
        months.metric_id,
        months.area_id,
        max(months.month_start) as last_month,
        max(case when months.is_settled then months.month_start end) as last_settled_month
    from months
    group by all
),

begun as (
    select
        series.*,
        metrics.kind in ('distinct', 'survey') or metrics.is_stock as is_of_a_day,
        metrics.kind = 'quantile' as is_quantile,
        extents.first_month as records_from,
        cast(date_trunc('month', areas.valid_from) as date) as area_from,
        case when metrics.is_from_cameras
                then cast({{ dbt.dateadd('month', 1, 'cameras.first_month') }} as date)
        end as use_counts_from,
        extents.settled_month,
        cast({{ dbt.dateadd('month', -11, 'extents.settled_month') }} as date) as year_start,
        last_day(extents.settled_month) as year_end
    from series
    inner join {{ ref('roll_metric_definitions') }} as metrics on series.metric_id = metrics.metric_id
    left join extents on series.programme_id = extents.programme_id and series.metric_id = extents.metric_id
    left join {{ ref('int_areas') }} as areas
        on series.programme_id = areas.programme_id and series.area_id = areas.area_id
    left join {{ ref('roll_camera_starts') }} as cameras
        on series.programme_id = cameras.programme_id and series.area_id = cameras.area_id
),

dated as (
    select
        begun.*,
        greatest(records_from, coalesce(area_from, records_from), coalesce(use_counts_from, records_from)) as first_month
    from begun
),

missing as (
    select
        extents.programme_id,
        extents.metric_id,
        max(calendar.month_start) as missing_month,
        count(*) as missing_count
    from extents
    inner join {{ ref('int_programme_months') }} as calendar
        on extents.programme_id = calendar.programme_id
        and extents.first_month < calendar.month_start
        and extents.settled_month >= calendar.month_start
        and {{ dbt.dateadd('month', -11, 'extents.settled_month') }} <= calendar.month_start
    left join supplied
        on extents.programme_id = supplied.programme_id
        and extents.metric_id = supplied.metric_id
        and calendar.month_start = supplied.month_start
    where supplied.month_start is null
    group by all
),

changed as (
    select
        dated.programme_id,
        dated.metric_id,
        dated.area_id,
        max(breaks.break_date) as changed_on
    from dated
    inner join {{ ref('int_breaks') }} as breaks
        on dated.programme_id = breaks.programme_id
        and dated.metric_id = breaks.metric_id
        and breaks.is_redefined
        and dated.year_start < breaks.break_date
        and dated.year_end >= breaks.break_date
    group by all
),

quarters as (
    select
        programme_id,
        metric_id,
        cast(date_trunc('quarter', month_start) as date) as quarter_start,
        min(case when is_settled then 1 else 0 end) as settled_count
    from supplied
    group by all
    having count(*) = 3
),

quartered as (
    select
        dated.programme_id,
        dated.metric_id,
        dated.area_id,
        max(case when quarters.settled_count = 1 then quarters.quarter_start end) as settled_quarter,
        max(quarters.quarter_start) as last_quarter
    from dated
    inner join quarters
        on dated.programme_id = quarters.programme_id
        and dated.metric_id = quarters.metric_id
        and dated.first_month <= quarters.quarter_start
    left join {{ ref('int_breaks') }} as breaks
        on dated.programme_id = breaks.programme_id
        and dated.metric_id = breaks.metric_id
        and breaks.is_redefined
        and quarters.quarter_start < breaks.break_date
        and breaks.break_date < {{ dbt.dateadd('month', 3, 'quarters.quarter_start') }}
    where breaks.break_date is null
    group by all
),

judged as (
    select
        dated.*,
        missing.missing_month,
        missing.missing_count,
        changed.changed_on,
        coalesce(quartered.settled_quarter, quartered.last_quarter) as quarter_start,
        quartered.settled_quarter is not null as is_quarter_settled,
        case
            when dated.is_of_a_day then 'number_on_a_day'
            when dated.settled_month is null then 'nothing_settled'
            when missing.missing_month is not null then 'month_missing'
            when dated.use_counts_from > dated.year_start then 'cameras_came'
            when dated.area_from > dated.year_start then 'area_began'
            when dated.records_from > dated.year_start then 'records_began'
            when changed.changed_on is not null then 'redefined'
            when dated.is_quantile and extract(month from dated.settled_month) <> 12 then 'no_sum_of_months'
        end as no_year_reason
    from dated
    left join missing on dated.programme_id = missing.programme_id and dated.metric_id = missing.metric_id
    left join changed
        on dated.programme_id = changed.programme_id
        and dated.metric_id = changed.metric_id
        and dated.area_id = changed.area_id
    left join quartered
        on dated.programme_id = quartered.programme_id
        and dated.metric_id = quartered.metric_id
        and dated.area_id = quartered.area_id
)

select
    programme_id,
    metric_id,
    area_id,
    first_month,
    use_counts_from,
    missing_month,
    coalesce(missing_count, 0) as missing_month_count,
    no_year_reason,
    case
        when is_of_a_day then 'month'
        when no_year_reason is null then 'twelve_months'
        when quarter_start is not null then 'quarter'
        else 'whole_time'
    end as headline_period,
    case
        when is_of_a_day then coalesce(last_settled_month, last_month)
        when no_year_reason is null then year_start
        else quarter_start
    end as period_start,
    case
        when is_of_a_day then last_day(coalesce(last_settled_month, last_month))
        when no_year_reason is null then year_end
        else cast({{ dbt.dateadd('month', 3, 'quarter_start') }} as date) - 1
    end as period_end,
    case
        when is_of_a_day then last_settled_month is null
        when no_year_reason is null then false
        when quarter_start is not null then not is_quarter_settled
        else settled_month is null
    end as is_provisional
from judged
