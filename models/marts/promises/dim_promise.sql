-- Every version of every promise, as recorded; later versions are kept together with the ones they replaced.
select
    promises.programme_id,
    promises.promise_id,
    promises.promise_order,
    promises.owner,
    promises.owner_role,
    promises.made_on,
    promises.date_precision,
    promises.who,
    promises.promise_area,
    promises.wording,
    promises.wording_kind,
    promises.promise_kind,
    promises.measure_words,
    promises.metric_id,
    promises.target,
    promises.target_words,
    promises.target_unit,
    promises.promised_for,
    promises.publisher,
    promises.source_title,
    promises.source_url,
    promises.supersedes,
    later.promise_id as superseded_by,
    promises.rival_of,
    promises.part_of,
    programmes.is_synthetic
from {{ ref('int_promises') }} as promises
inner join {{ ref('int_programmes') }} as programmes on promises.programme_id = programmes.programme_id
left join {{ ref('int_promises') }} as later
    on promises.programme_id = later.programme_id and promises.promise_id = later.supersedes
