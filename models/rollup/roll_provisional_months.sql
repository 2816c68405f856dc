-- How long the periods of a metric are provisional. Observed: from the youngest age at and after which every age that was judged
-- on enough months stayed under the threshold. Without enough months, or while none is under it, the declared grace period.
with judged as (
    select
        programme_id,
        metric_id,
        age_months,
        revision_percent >= {{ var('revision_threshold_percent') }} as is_unsettled
    from {{ ref('roll_revision_triangle') }}
    where months_judged >= {{ var('revision_months_needed') }}
),

unsettled as (
    select
        programme_id,
        metric_id,
        max(case when is_unsettled then age_months end) as last_unsettled
    from judged
    group by all
),

settled as (
    select
        unsettled.programme_id,
        unsettled.metric_id,
        unsettled.last_unsettled,
        min(judged.age_months) as settled_from
    from unsettled
    left join judged
        on unsettled.programme_id = judged.programme_id
        and unsettled.metric_id = judged.metric_id
        and judged.age_months > coalesce(unsettled.last_unsettled, judged.age_months - 1)
    group by all
),

known as (
    select distinct
        programme_id,
        metric_id
    from {{ ref('roll_values') }}
)

select
    known.programme_id,
    known.metric_id,
    case
        when settled.settled_from is not null then 'observed'
        when settled.last_unsettled is not null then 'not_settled'
        else 'declared'
    end as provisional_basis,
    case
        when coalesce(settled.settled_from, settled.last_unsettled + 1) < 0 then 0
        else coalesce(settled.settled_from, settled.last_unsettled + 1)
    end as provisional_months
from known
left join settled on known.programme_id = settled.programme_id and known.metric_id = settled.metric_id
