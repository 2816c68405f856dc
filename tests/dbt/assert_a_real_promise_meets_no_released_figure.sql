-- A real person's or office's promise takes its status from published reports alone; a synthetic one says that it is invented.
select
    promises.programme_id,
    promises.promise_id
from {{ ref('dim_promise') }} as promises
inner join {{ ref('dim_programme') }} as programmes on promises.programme_id = programmes.programme_id
left join {{ ref('fct_promise_status') }} as statuses
    on promises.programme_id = statuses.programme_id and promises.promise_id = statuses.promise_id
where
    promises.is_synthetic <> programmes.is_synthetic
    or (not programmes.is_synthetic and (statuses.metric_id is not null or statuses.figure_start is not null))
    or (programmes.is_synthetic and not (promises.owner like 'Invented%' and promises.who like 'Invented%'))
    or (not programmes.is_synthetic and (promises.owner like 'Invented%' or promises.who like 'Invented%'))
