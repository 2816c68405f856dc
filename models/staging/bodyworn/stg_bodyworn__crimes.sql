select
    programme_id,
    crime_id,
    recorded_date,
    published_area,
    charge_group,
    is_domestic_abuse,
    outcome_code,
    outcome_date,
    victim_supports,
    camera_evidence_used,
    case_id
from {{ landed('bodyworn', 'crimes') }} as crimes
