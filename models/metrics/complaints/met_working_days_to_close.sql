-- By the month of closing; the day of the complaint is day zero. The calendar of bank holidays is that of England and Wales, so
-- only programmes there have the figure.
select
    complaints.programme_id,
    complaints.area_id,
    cast(date_trunc('month', complaints.closed_date) as date) as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    sum(closed.england_working_day_number - opened.england_working_day_number) as numerator,
    count(*) as denominator
from {{ ref('int_complaints') }} as complaints
inner join {{ ref('int_programmes') }} as programmes
    on complaints.programme_id = programmes.programme_id and programmes.country in ('England', 'Wales', 'England and Wales')
inner join {{ ref('int_working_days') }} as opened on complaints.complaint_date = opened.calendar_date
inner join {{ ref('int_working_days') }} as closed on complaints.closed_date = closed.calendar_date
where complaints.closed_date >= complaints.complaint_date and complaints.closed_date <= programmes.extracted_on
group by all
