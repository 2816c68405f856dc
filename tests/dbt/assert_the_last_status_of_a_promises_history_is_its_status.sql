-- The newest row of a promise's history says how it stands in this release.
with newest as (
    select
        programme_id,
        promise_id,
        promise_status,
        promise_reason,
        row_number() over (partition by programme_id, promise_id order by release_number desc) as place
    from {{ ref('fct_promise_history') }}
)

select
    now.programme_id,
    now.promise_id
from {{ ref('fct_promise_status') }} as now
left join newest
    on now.programme_id = newest.programme_id and now.promise_id = newest.promise_id and newest.place = 1
where
    newest.promise_id is null
    or newest.promise_status <> now.promise_status
    or newest.promise_reason <> now.promise_reason
