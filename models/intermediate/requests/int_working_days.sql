-- One row per day of the calendar of bank holidays. Freedom-of-information law leaves out a bank holiday in any part of the
-- United Kingdom; for other clocks those of England and Wales count.
with ends as (
    select
        cast(date_trunc('year', min(bank_holiday_date)) as date) as first_day,
        cast({{ dbt.dateadd('month', 12, "date_trunc('year', max(bank_holiday_date))") }} as date) - 1 as last_day
    from {{ ref('bank_holidays') }}
),

days as (
    select {{ each_day('first_day', 'last_day') }} as calendar_time
    from ends
),

named as (
    select
        cast(days.calendar_time as date) as calendar_date,
        -- A week after the first Monday of the calendar's reckoning begins on another Monday.
        {{ dbt.datediff("date '1900-01-01'", 'cast(days.calendar_time as date)', 'day') }} % 7 < 5 as is_weekday
    from days
),

working as (
    select
        named.calendar_date,
        named.is_weekday and holidays.bank_holiday_date is null as is_working_in_uk,
        named.is_weekday and not coalesce(holidays.is_in_england_and_wales, false) as is_working_in_england
    from named
    left join {{ ref('bank_holidays') }} as holidays on named.calendar_date = holidays.bank_holiday_date
)

select
    calendar_date,
    is_working_in_uk,
    cast(sum(case when is_working_in_uk then 1 else 0 end) over (order by calendar_date) as bigint) as uk_working_day_number,
    cast(sum(case when is_working_in_england then 1 else 0 end) over (order by calendar_date) as bigint)
        as england_working_day_number,
    -- Backwards, so that the frame grows: for one that shrinks an engine may look at all its rows again for each row.
    min(case when is_working_in_england then calendar_date end) over (
        order by calendar_date desc
        rows between unbounded preceding and current row
    ) as next_working_date
from working
