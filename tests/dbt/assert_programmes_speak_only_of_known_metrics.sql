-- A baseline, break, gap or promise of a programme that names no metric would be lost without a word.
with named as (
    select
        programme_id,
        metric_id
    from {{ ref('int_baselines') }}
    union all
    select
        programme_id,
        metric_id
    from {{ ref('int_breaks') }}
    union all
    select
        programme_id,
        metric_id
    from {{ ref('int_not_supplied') }}
    union all
    select
        programme_id,
        metric_id
    from {{ ref('int_promises') }}
    where metric_id is not null
)

select distinct
    named.programme_id,
    named.metric_id
from named
left join {{ ref('dim_metric') }} as metrics on named.metric_id = metrics.metric_id
where metrics.metric_id is null
