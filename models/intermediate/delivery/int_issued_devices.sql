-- One row per device that counts towards the plan of a programme that has one: a device that replaces one its holder had
-- before does not. One of a phase planned for the whole programme counts there and in no area.
with phases as (
    select distinct
        programme_id,
        rollout_phase,
        is_for_everywhere
    from {{ ref('int_planned_devices') }}
),

planned as (
    select distinct programme_id
    from phases
)

select
    periods.programme_id,
    case when coalesce(phases.is_for_everywhere, false) then roots.area_id else periods.area_id end as area_id,
    periods.camera_id,
    periods.rollout_phase,
    periods.held_from as issued_date
from {{ ref('int_device_periods') }} as periods
inner join planned on periods.programme_id = planned.programme_id
inner join {{ ref('int_areas') }} as roots on periods.programme_id = roots.programme_id and roots.sort_order = 0
left join phases on periods.programme_id = phases.programme_id and periods.rollout_phase = phases.rollout_phase
where periods.is_first_issue and not periods.is_replacement
