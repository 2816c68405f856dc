-- Cameras planned for areas or roles, by phase.
select
    programme_id,
    rollout_phase,
    planned_order,
    area_id,
    officer_role,
    planned_date,
    planned_devices
from {{ derived('programme', 'rollout_plan') }} as rollout_plan
