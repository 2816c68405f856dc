with latest as (
    select *
    from {{ landed('bodyworn', 'complaints') }} as complaints
    {{ keep_latest('bodyworn', 'complaints') }}
)

select
    programme_id,
    complaint_id,
    published_area,
    incident_date,
    complaint_date,
    closed_date,
    complaint_status,
    complainant_reference,
    complaint_outcome,
    recorded_date,
    incident_from,
    encounter_id,
    staff_id,
    footage_available,
    footage_viewed
from latest
