-- One row per line of the roll-out plan of a programme whose device register was delivered. A phase with a line that names no
-- area, such as one for a role, is planned for the whole programme and for none of its areas.
with with_devices as (
    select distinct programme_id
    from {{ ref('int_devices') }} as devices
),

lines as (
    select
        plan.*,
        min(case when plan.area_id is null then 0 else 1 end) over (
            partition by plan.programme_id, plan.rollout_phase
        ) = 1 as names_areas
    from {{ ref('int_rollout_plan') }} as plan
)

select
    lines.programme_id,
    case when lines.names_areas then lines.area_id else roots.area_id end as area_id,
    'phase ' || cast(lines.rollout_phase as {{ dbt.type_string() }}) as rollout_phase,
    lines.planned_order,
    lines.planned_date,
    lines.planned_devices,
    not lines.names_areas as is_for_everywhere
from lines
inner join with_devices on lines.programme_id = with_devices.programme_id
inner join {{ ref('int_areas') }} as roots on lines.programme_id = roots.programme_id and roots.sort_order = 0
