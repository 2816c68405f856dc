select
    programme_id,
    complaint_id,
    published_area,
    incident_date,
    complaint_date,
    closed_date,
    complaint_status,
    cast(null as {{ dbt.type_string() }}) as complainant_type,
    cast(null as {{ dbt.type_string() }}) as investigating_agency,
    complainant_reference,
    complaint_outcome,
    recorded_date,
    incident_from,
    encounter_id,
    staff_id,
    footage_available,
    footage_viewed
from {{ landed('bodyworn', 'complaints') }} as complaints
