-- Value and interval of each headline, of the same period a year before, and of the whole time. Months are added up where they
-- may be; a quantile, a number on a day and a survey are read as they stand for the period. The whole time of a figure that
-- starts with the cameras is the sum of the months since. A period within which what is counted changed has no value.
with sides as (
    select
        programme_id,
        metric_id,
        area_id,
        'headline' as side,
        headline_period,
        period_start,
        period_end,
        use_counts_from
    from {{ ref('roll_headline_periods') }}
    union all
    select
        programme_id,
        metric_id,
        area_id,
        'earlier' as side,
        headline_period,
        cast({{ dbt.dateadd('month', -12, 'period_start') }} as date) as period_start,
        last_day(cast({{ dbt.dateadd('month', -12, 'period_end') }} as date)) as period_end,
        use_counts_from
    from {{ ref('roll_headline_periods') }}
    where headline_period <> 'whole_time'
    union all
    select
        programme_id,
        metric_id,
        area_id,
        'whole_time' as side,
        'whole_time' as headline_period,
        cast(null as date) as period_start,
        cast(null as date) as period_end,
        use_counts_from
    from {{ ref('roll_headline_periods') }}
),

placed as (
    select
        sides.*,
        metrics.kind,
        metrics.kind in ('count', 'share', 'rate', 'ratio') and not metrics.is_stock as is_sum,
        case sides.headline_period
            when 'twelve_months' then 'year'
            when 'whole_time' then 'window'
            else sides.headline_period
        end as period_grain
    from sides
    inner join {{ ref('roll_metric_definitions') }} as metrics on sides.metric_id = metrics.metric_id
),

summed as (
    select
        placed.programme_id,
        placed.metric_id,
        placed.area_id,
        placed.side,
        coalesce(placed.period_start, min(months.period_start)) as period_start,
        coalesce(placed.period_end, max(months.period_end)) as period_end,
        -- Months without a row have none of what is counted.
        case when placed.kind = 'count' then coalesce(sum(months.numerator), 0) else sum(months.numerator) end as numerator,
        sum(months.denominator) as denominator,
        -- A month that was not supplied has a row without a number, and no sum is made over it.
        coalesce(
            max(case when months.numerator is null and months.period_start is not null then 1 else 0 end), 0
        ) = 1 as is_incomplete
    from placed
    left join {{ ref('roll_periods') }} as months
        on placed.programme_id = months.programme_id
        and placed.metric_id = months.metric_id
        and placed.area_id = months.area_id
        and months.period_grain = 'month'
        and months.breakdown = 'all'
        and coalesce(placed.period_start, placed.use_counts_from) <= months.period_start
        and coalesce(placed.period_end, months.period_end) >= months.period_end
    where placed.is_sum and (placed.headline_period <> 'whole_time' or placed.use_counts_from is not null)
    group by
        placed.programme_id,
        placed.metric_id,
        placed.area_id,
        placed.side,
        placed.kind,
        placed.period_start,
        placed.period_end
),

figures as (
    select
        summed.programme_id,
        summed.metric_id,
        summed.area_id,
        summed.side,
        summed.period_start,
        summed.period_end,
        metrics.kind,
        metrics.per_count,
        metrics.no_interval,
        summed.is_incomplete,
        case when not summed.is_incomplete then cast(summed.numerator as double) / metrics.divide_by end as numerator,
        case when not summed.is_incomplete then cast(summed.denominator as double) / metrics.divide_by end as denominator,
        not summed.is_incomplete and (metrics.kind = 'count' or coalesce(summed.denominator > 0, false)) as has_value,
        dispersion.dispersion,
        coalesce(dispersion.dispersion, 1.0) as widening,
        -- A quantile is not summed: it is read as it stands, with its interval.
        cast(null as double) as stated_low,
        cast(null as double) as stated_high,
        cast(null as {{ dbt.type_string() }}) as stated_method
    from summed
    inner join {{ ref('roll_metric_definitions') }} as metrics on summed.metric_id = metrics.metric_id
    left join {{ ref('roll_dispersion') }} as dispersion
        on summed.metric_id = dispersion.metric_id
        and summed.programme_id = dispersion.programme_id
        and summed.area_id = dispersion.area_id
        and dispersion.breakdown = 'all'
),

valued as (
    select
        figures.programme_id,
        figures.metric_id,
        figures.area_id,
        figures.side,
        figures.period_start,
        figures.period_end,
        figures.is_incomplete,
        figures.numerator,
        figures.denominator,
        {{ figure_events('figures') }} as events,
        {{ figure_value('figures') }} as value,
        {{ figure_low('figures', 'limits') }} as interval_low,
        {{ figure_high('figures', 'limits') }} as interval_high,
        {{ figure_interval_method('figures') }} as interval_method
    from figures
    left join {{ ref('poisson_limits') }} as limits
        on figures.kind = 'rate' and figures.numerator < 10 and figures.numerator = limits.events
    union all
    select
        placed.programme_id,
        placed.metric_id,
        placed.area_id,
        placed.side,
        stated.period_start,
        stated.period_end,
        false as is_incomplete,
        stated.numerator,
        stated.denominator,
        stated.events,
        stated.value,
        stated.interval_low,
        stated.interval_high,
        stated.interval_method
    from placed
    inner join {{ ref('roll_values') }} as stated
        on placed.programme_id = stated.programme_id
        and placed.metric_id = stated.metric_id
        and placed.area_id = stated.area_id
        and placed.period_grain = stated.period_grain
        and stated.breakdown = 'all'
        and (placed.period_start is null or placed.period_start = stated.period_start)
    where not placed.is_sum or (placed.headline_period = 'whole_time' and placed.use_counts_from is null)
),

changed as (
    select
        valued.programme_id,
        valued.metric_id,
        valued.area_id,
        valued.side,
        max(breaks.break_date) as changed_on
    from valued
    inner join {{ ref('int_breaks') }} as breaks
        on valued.programme_id = breaks.programme_id
        and valued.metric_id = breaks.metric_id
        and breaks.is_redefined
        and valued.period_start < breaks.break_date
        and valued.period_end >= breaks.break_date
    group by all
)

select
    valued.programme_id,
    valued.metric_id,
    valued.area_id,
    valued.side,
    valued.period_start,
    valued.period_end,
    changed.changed_on,
    valued.is_incomplete,
    {% for number in ['numerator', 'denominator', 'events', 'value', 'interval_low', 'interval_high'] -%}
        case when changed.changed_on is null then valued.{{ number }} end as {{ number }},
    {% endfor -%}
    valued.interval_method
from valued
left join changed
    on valued.programme_id = changed.programme_id
    and valued.metric_id = changed.metric_id
    and valued.area_id = changed.area_id
    and valued.side = changed.side
