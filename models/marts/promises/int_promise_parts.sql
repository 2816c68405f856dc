-- One row per promise of several parts: it is kept when all of them are, and its status is never better than the worst of them.
with statuses as (
    select
        programme_id,
        promise_id,
        promise_status
    from {{ ref('int_promise_figures') }}
    union all
    select
        programme_id,
        promise_id,
        promise_status
    from {{ ref('int_promise_records') }}
),

counted as (
    select
        promises.programme_id,
        promises.part_of as promise_id,
        count(*) as parts,
        count(distinct statuses.promise_status) as kinds,
        min(statuses.promise_status) as one_status,
        sum(case when statuses.promise_status = 'not_delivered' then 1 else 0 end) as broken,
        sum(case when statuses.promise_status = 'partly_delivered' then 1 else 0 end) as partly,
        sum(case when statuses.promise_status = 'at_risk' then 1 else 0 end) as at_risk,
        sum(case when statuses.promise_status = 'on_track' then 1 else 0 end) as on_track,
        sum(case when statuses.promise_status = 'late' then 1 else 0 end) as late,
        sum(case when statuses.promise_status = 'delivered' then 1 else 0 end) as delivered,
        sum(case when statuses.promise_status = 'reported_by_promiser' then 1 else 0 end) as by_promiser,
        sum(case when statuses.promise_status = 'reported_by_others' then 1 else 0 end) as by_others
    from {{ ref('int_promises') }} as promises
    inner join statuses
        on promises.programme_id = statuses.programme_id and promises.promise_id = statuses.promise_id
    where promises.part_of is not null
    group by promises.programme_id, promises.part_of
)

select
    programme_id,
    promise_id,
    case
        when kinds = 1 then one_status
        when broken > 0 and partly + late + delivered + by_promiser + by_others = 0 then 'not_delivered'
        when broken + partly > 0 then 'partly_delivered'
        when at_risk > 0 then 'at_risk'
        when on_track + late + delivered + by_promiser + by_others < parts then 'not_shown_either_way'
        when on_track > 0 then 'on_track'
        when late > 0 then 'late'
        when by_promiser > 0 then 'reported_by_promiser'
        else 'reported_by_others'
    end as promise_status,
    late + delivered + by_promiser + by_others as parts_kept,
    parts
from counted
