select
    programme_id,
    complaint_id,
    published_area,
    incident_date,
    complaint_date,
    closed_date,
    complaint_status,
    cast(null as {{ dbt.type_string() }}) as complainant_type,
    cast(null as {{ dbt.type_string() }}) as investigating_agency
from {{ landed('bodyworn', 'complaints') }} as complaints
