-- One row per promise and release in which its status or reason changed. Statuses of earlier releases are kept as published.
with earlier as (
    select
        programme_id,
        promise_id,
        release_number,
        promise_status,
        promise_reason,
        row_number() over (partition by programme_id, promise_id order by release_number desc) as place
    from {{ ref('int_earlier_promises') }}
),

changed as (
    select
        now.programme_id,
        now.promise_id,
        releases.release_number,
        now.promise_status,
        now.promise_reason
    from {{ ref('fct_promise_status') }} as now
    inner join {{ ref('int_releases') }} as releases on now.programme_id = releases.programme_id and releases.is_this
    left join earlier
        on now.programme_id = earlier.programme_id and now.promise_id = earlier.promise_id and earlier.place = 1
    where
        earlier.promise_id is null
        or now.promise_status <> earlier.promise_status
        or now.promise_reason <> earlier.promise_reason
),

united as (
    select
        programme_id,
        promise_id,
        release_number,
        promise_status,
        promise_reason
    from earlier
    union all
    select * from changed
)

select
    united.programme_id,
    united.promise_id,
    united.release_number,
    releases.release_id,
    releases.release_as_of,
    united.promise_status,
    united.promise_reason
from united
inner join {{ ref('int_releases') }} as releases
    on united.programme_id = releases.programme_id and united.release_number = releases.release_number
