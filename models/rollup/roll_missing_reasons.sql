-- Periods without a figure because a month of theirs was not supplied, with the words that say which.
with missing as (
    select
        periods.metric_id,
        periods.programme_id,
        periods.area_id,
        periods.period_grain,
        periods.period_start,
        count(distinct months.month_start) as month_count,
        min(months.month_start) as first_month,
        max(months.month_start) as last_month,
        min(months.first_feed) as first_feed,
        max(months.last_feed) as last_feed
    from {{ ref('roll_periods') }} as periods
    inner join {{ ref('int_programmes') }} as programmes on periods.programme_id = programmes.programme_id
    inner join {{ ref('roll_missing_months') }} as months
        on periods.metric_id = months.metric_id
        and periods.programme_id = months.programme_id
        and periods.area_id = months.area_id
        and months.month_start >= cast(date_trunc('month', periods.period_start) as date)
        and months.month_start <= coalesce(periods.period_end, programmes.data_to)
        and (months.is_between or periods.period_end is not null)
    where periods.numerator is null
    group by all
)

select
    metric_id,
    programme_id,
    area_id,
    period_grain,
    period_start,
    'Not supplied for '
    || case
        when month_count = 1 then {{ month_in_words('first_month') }}
        when month_count = 2 then {{ month_in_words('first_month') }} || ' and ' || {{ month_in_words('last_month') }}
        else
            cast(month_count as {{ dbt.type_string() }})
            || case
                when month_count = {{ months_between('first_month', 'last_month') }} then ' months, '
                else ' months between '
            end
            || {{ month_in_words('first_month') }}
            || case when month_count = {{ months_between('first_month', 'last_month') }} then ' to ' else ' and ' end
            || {{ month_in_words('last_month') }}
    end
    || ': '
    || replace(first_feed, '_', ' ')
    || case when last_feed <> first_feed then ' and ' || replace(last_feed, '_', ' ') else '' end
    || '.' as reason
from missing
