-- Beats are district * 100 + beat; 0 stands for "not known" and 31xx, 41xx and 51xx lie outside the districts.
select
    programme_id,
    complaint_id,
    cast(cast(nullif(floor(beat / 100), 0) as bigint) as {{ dbt.type_string() }}) as published_area,
    incident_date,
    complaint_date,
    closed_date,
    complaint_status,
    complainant_type,
    investigating_agency,
    cast(null as {{ dbt.type_string() }}) as complainant_reference,
    cast(null as {{ dbt.type_string() }}) as complaint_outcome,
    cast(null as date) as recorded_date,
    cast(null as timestamp) as incident_from,
    cast(null as {{ dbt.type_string() }}) as encounter_id,
    cast(null as {{ dbt.type_string() }}) as staff_id,
    cast(null as {{ dbt.type_string() }}) as footage_available,
    cast(null as {{ dbt.type_string() }}) as footage_viewed
from {{ landed('chicago_open_data', 'complaint_logs') }} as logs
