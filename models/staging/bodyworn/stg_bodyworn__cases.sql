select
    programme_id,
    case_id,
    defendant_id,
    published_area,
    charge_date,
    first_hearing_date,
    plea_date,
    plea,
    plea_stage,
    disposal_date,
    case_outcome
from {{ landed('bodyworn', 'cases') }} as cases
