-- A phase kept its place in the order when it began before any phase that was planned after it.
with planned as (
    select
        programme_id,
        rollout_phase,
        min(planned_order) as planned_order
    from {{ ref('int_planned_devices') }}
    group by all
),

begun as (
    select
        programme_id,
        rollout_phase,
        min(issued_date) as begun_date
    from {{ ref('int_issued_devices') }}
    group by all
),

phases as (
    select
        planned.programme_id,
        planned.rollout_phase,
        planned.planned_order,
        coalesce(begun.begun_date, date '9999-12-31') as begun_date
    from planned
    left join begun on planned.programme_id = begun.programme_id and planned.rollout_phase = begun.rollout_phase
),

overtaken as (
    select
        phases.programme_id,
        phases.rollout_phase,
        phases.begun_date,
        coalesce(min(later.begun_date), date '9999-12-31') as later_begun_date
    from phases
    left join phases as later
        on phases.programme_id = later.programme_id and phases.planned_order < later.planned_order
    group by all
)

select
    overtaken.programme_id,
    roots.area_id,
    months.month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where overtaken.begun_date <= overtaken.later_begun_date) as numerator,
    count(*) as denominator
from overtaken
inner join {{ ref('int_programme_months') }} as months
    on overtaken.programme_id = months.programme_id
    and least(overtaken.begun_date, overtaken.later_begun_date) <= months.last_day
inner join {{ ref('int_areas') }} as roots on overtaken.programme_id = roots.programme_id and roots.sort_order = 0
group by all
