with latest as (
    select *
    from {{ landed('bodyworn', 'cases') }} as cases
    {{ keep_latest('bodyworn', 'cases') }}
)

select
    programme_id,
    case_id,
    defendant_id,
    published_area,
    charge_group,
    is_domestic_abuse,
    charge_date,
    first_hearing_date,
    plea_date,
    plea,
    plea_stage,
    disposal_date,
    case_outcome,
    offence_date,
    court,
    trial_result,
    camera_evidence_used,
    victim_supports
from latest
