-- Footage is there until its recording was deleted; where the request names no recording, through the last of the days for
-- which the programme keeps footage.
with asked as (
    select
        requests.programme_id,
        requests.area_id,
        requests.month_start,
        requests.received_date,
        requests.hold_placed_at,
        case
            when recordings.recording_id is not null then recordings.deleted_at
            else cast({{ dbt.dateadd('day', 'programmes.retention_days + 1', 'requests.footage_date') }} as timestamp)
        end as gone_at
    from {{ ref('int_requests') }} as requests
    inner join {{ ref('int_programmes') }} as programmes on requests.programme_id = programmes.programme_id
    left join {{ ref('int_recordings') }} as recordings
        on requests.programme_id = recordings.programme_id and requests.recording_id = recordings.recording_id
    where
        (recordings.recording_id is not null or (requests.footage_date is not null and programmes.retention_days is not null))
        and (requests.request_outcome is null or requests.request_outcome <> 'withdrawn')
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where hold_placed_at < coalesce(gone_at, timestamp '9999-12-31 00:00:00')) as numerator,
    count(*) as denominator
from asked
where gone_at is null or gone_at >= cast(received_date as timestamp)
group by all
