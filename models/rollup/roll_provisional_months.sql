-- How long the periods of a metric are provisional. Observed: up to the age from which on every age
-- with enough months changed by less than the threshold. Without enough months, or while no age is below it, the declared
-- grace period.
with judged as (
    select
        programme_id,
        metric_id,
        age_months,
        revision_percent >= {{ var('revision_threshold_percent') }} as is_changing
    from {{ ref('roll_revision_triangle') }}
    where months_judged >= {{ var('revision_months_needed') }}
),

changing as (
    select
        programme_id,
        metric_id,
        max(case when is_changing then age_months end) as last_changing
    from judged
    group by all
),

stable as (
    select
        changing.programme_id,
        changing.metric_id,
        changing.last_changing,
        min(judged.age_months) as stable_from
    from changing
    left join judged
        on changing.programme_id = judged.programme_id
        and changing.metric_id = judged.metric_id
        and judged.age_months > coalesce(changing.last_changing, judged.age_months - 1)
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
        when stable.stable_from is not null then 'observed'
        when stable.last_changing is not null then 'not_settled'
        else 'declared'
    end as provisional_basis,
    case
        when coalesce(stable.stable_from, stable.last_changing + 1) < 0 then 0
        else coalesce(stable.stable_from, stable.last_changing + 1)
    end as provisional_months
from known
left join stable on known.programme_id = stable.programme_id and known.metric_id = stable.metric_id
