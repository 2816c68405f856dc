with latest as (
    select *
    from {{ landed('bodyworn', 'crimes') }} as crimes
    {{ keep_latest('bodyworn', 'crimes') }}
)

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
from latest
