-- Roles and areas whose staff should record whenever they work.
select
    programme_id,
    officer_role,
    area_id,
    joined_by,
    employed_on
from {{ derived('programme', 'camera_policy') }} as camera_policy
