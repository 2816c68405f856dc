-- One row per request that was not withdrawn, with the last day the law leaves for an answer: for subject access the same
-- day of the next month, or its last day where it is shorter, moved on to a working day; for freedom of information the
-- twentieth working day after the day of receipt. A request answered before it came in is a fault of the file, and left out.
select
    requests.programme_id,
    requests.area_id,
    requests.request_id,
    requests.request_kind,
    requests.month_start,
    requests.closed_date,
    requests.due_date,
    case requests.request_kind
        when 'subject_access' then months.next_working_date
        else working_days.calendar_date
    end as lawful_due_date,
    programmes.extracted_on
from {{ ref('int_requests') }} as requests
inner join {{ ref('int_programmes') }} as programmes on requests.programme_id = programmes.programme_id
left join {{ ref('int_working_days') }} as months
    on months.calendar_date = cast({{ dbt.dateadd('month', 1, 'requests.received_date') }} as date)
left join {{ ref('int_working_days') }} as received on requests.received_date = received.calendar_date
left join {{ ref('int_working_days') }} as working_days
    on working_days.is_working_in_uk
    and received.uk_working_day_number + 20 = working_days.uk_working_day_number
where
    (requests.request_outcome is null or requests.request_outcome <> 'withdrawn')
    and (requests.closed_date is null or requests.closed_date >= requests.received_date)
