-- Roles and areas whose staff should record whenever they work.
select *
from {{ derived('programme', 'camera_policy') }} as camera_policy
