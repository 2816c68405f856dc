select
    programme_id,
    encounter_id,
    staff_id
from {{ landed('bodyworn', 'encounter_officers') }} as encounter_officers
