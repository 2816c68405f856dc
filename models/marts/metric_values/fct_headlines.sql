-- The figure of a metric and area that is shown first, with the same period a year before, the change, and the whole time.
{% set numbers = ['numerator', 'denominator', 'value', 'interval_low', 'interval_high', 'changed_on', 'is_incomplete'] -%}
{% set sides = {'headline': '', 'earlier': 'year_before_', 'whole_time': 'whole_'} -%}
{% set change = {
    'value': 'paired.value', 'low': 'paired.interval_low', 'high': 'paired.interval_high',
    'earlier_value': 'paired.year_before_value', 'earlier_low': 'paired.year_before_interval_low',
    'earlier_high': 'paired.year_before_interval_high'
} -%}
with paired as (
    select
        periods.programme_id,
        periods.metric_id,
        periods.area_id,
        periods.headline_period,
        periods.no_year_reason,
        periods.missing_month,
        periods.missing_month_count,
        periods.first_month,
        periods.use_counts_from,
        metrics.kind,
        metrics.numerator_words,
        metrics.denominator_words,
        {% for side, prefix in sides.items() -%}
            {% set planned = 'periods' if side == 'headline' else side -%}
            coalesce({{ side }}.period_start, {{ planned }}.period_start) as {{ prefix }}period_start,
            least(coalesce({{ side }}.period_end, {{ planned }}.period_end), programmes.data_to) as {{ prefix }}period_end,
            {% for number in numbers -%}
                {{ side }}.{{ number }} as {{ prefix }}{{ number }},
            {% endfor -%}
        {% endfor -%}
        headline.events,
        coalesce(headline.interval_method, 'none: no figure') as interval_method,
        periods.is_provisional,
        unplaced.unplaced_percent
    from {{ ref('roll_headline_periods') }} as periods
    inner join {{ ref('roll_metric_definitions') }} as metrics on periods.metric_id = metrics.metric_id
    inner join {{ ref('int_programmes') }} as programmes on periods.programme_id = programmes.programme_id
    left join {{ ref('roll_unplaced') }} as unplaced
        on periods.programme_id = unplaced.programme_id and periods.metric_id = unplaced.metric_id
    {% for side in sides -%}
        left join {{ ref('roll_headline_values') }} as {{ side }}
            on periods.programme_id = {{ side }}.programme_id
            and periods.metric_id = {{ side }}.metric_id
            and periods.area_id = {{ side }}.area_id
            and {{ side }}.side = '{{ side }}'
    {% endfor -%}
),

-- Months of the year before in which the metric has figures at all, and whether what is counted changed since.
earlier_months as (
    select
        paired.programme_id,
        paired.metric_id,
        paired.area_id,
        count(distinct months.period_start) as month_count
    from paired
    inner join {{ ref('roll_periods') }} as months
        on paired.programme_id = months.programme_id
        and paired.metric_id = months.metric_id
        and months.period_grain = 'month'
        and months.breakdown = 'all'
        and months.period_start between paired.year_before_period_start and paired.year_before_period_end
    group by all
),

redefined as (
    select
        paired.programme_id,
        paired.metric_id,
        paired.area_id,
        max(breaks.break_date) as changed_on
    from paired
    inner join {{ ref('int_breaks') }} as breaks
        on paired.programme_id = breaks.programme_id
        and paired.metric_id = breaks.metric_id
        and breaks.is_redefined
        and paired.year_before_period_start < breaks.break_date
        and paired.period_end >= breaks.break_date
    group by all
),

compared as (
    select
        paired.*,
        case
            when paired.value is null then 'The figure has no value.'
            when paired.headline_period = 'whole_time' then 'The whole time has no year before it.'
            when paired.use_counts_from > paired.year_before_period_start then 'Cameras had not come a year before.'
            when
                paired.year_before_value is null
                or paired.first_month > paired.year_before_period_start
                or coalesce(months.month_count, 0)
                < {{ months_between('paired.year_before_period_start', 'paired.year_before_period_end') }}
                then 'The same period a year before does not have all its figures.'
            when redefined.changed_on is not null then 'What is counted changed since the same period a year before.'
        end as no_change_reason
    from paired
    left join earlier_months as months
        on paired.programme_id = months.programme_id
        and paired.metric_id = months.metric_id
        and paired.area_id = months.area_id
    left join redefined
        on paired.programme_id = redefined.programme_id
        and paired.metric_id = redefined.metric_id
        and paired.area_id = redefined.area_id
),

changes as (
    select
        paired.*,
        case when paired.no_change_reason is null then paired.value - paired.year_before_value end as change,
        case when paired.no_change_reason is null then {{ difference_end(sign='-', **change) }} end as change_low,
        case when paired.no_change_reason is null then {{ difference_end(sign='+', **change) }} end as change_high,
        case
            when paired.no_change_reason is null and paired.year_before_value > 0 and paired.kind not in ('share', 'survey')
                then (paired.value / paired.year_before_value - 1) * 100
        end as relative_change_percent
    from compared as paired
)

select
    programme_id,
    metric_id,
    area_id,
    headline_period,
    case
        when headline_period in ('month', 'twelve_months') then null
        when no_year_reason = 'month_missing' then 'One of the last twelve settled months has no figures.'
        when no_year_reason = 'cameras_came' then 'Cameras came within the last twelve settled months.'
        when no_year_reason = 'area_began' then 'The area began within the last twelve settled months.'
        when no_year_reason = 'records_began' then 'There are fewer than twelve settled months of figures.'
        when no_year_reason = 'redefined' then 'What is counted changed within the last twelve settled months.'
        when no_year_reason = 'no_sum_of_months'
            then 'The last twelve settled months are no calendar year, and the figure is not a sum of months.'
        else 'Late entries can still change every month.'
    end as period_reason,
    case when no_year_reason = 'month_missing' then missing_month end as missing_month,
    case when no_year_reason = 'month_missing' then missing_month_count else 0 end as missing_month_count,
    use_counts_from,
    {% for prefix in sides.values() -%}
        {% for part in ['period_start', 'period_end', 'numerator', 'denominator', 'value', 'interval_low', 'interval_high'] -%}
            {{ prefix }}{{ part }},
        {% endfor -%}
    {% endfor -%}
    interval_method,
    change,
    change_low,
    change_high,
    relative_change_percent,
    change_low > 0 or change_high < 0 as is_change_beyond_interval,
    no_change_reason,
    case
        when value is null then 'not_applicable'
        when events < 20 then 'low'
        else 'final'
    end as status,
    case
        when changed_on is not null
            then 'What is counted changed within the period, so what came before and after is not added up.'
        when is_incomplete then 'A month of the period was not supplied.'
        when value is null and kind = 'quantile'
            then 'Not reached: fewer than half of the ' || denominator_words || ' are there yet.'
        when value is null
            then 'Nothing to divide by: the ' || denominator_words || ' are not known for the area and period.'
        when events < 20
            then 'Fewer than 20: ' || case kind when 'rate' then numerator_words else denominator_words end || '.'
    end as status_reason,
    is_provisional,
    unplaced_percent
from changes
