-- Cameras planned for areas or roles, by phase.
select *
from {{ derived('programme', 'rollout_plan') }} as rollout_plan
