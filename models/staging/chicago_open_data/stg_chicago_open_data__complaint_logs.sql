-- Beats are district * 100 + beat; 0 means "not known" and 31xx, 41xx and 51xx lie outside the districts.
with latest as (
    select *
    from {{ landed('chicago_open_data', 'complaint_logs') }} as logs
    {{ keep_latest('chicago_open_data', 'complaint_logs') }}
)

select
    programme_id,
    complaint_id,
    cast(cast(nullif(floor(beat / 100), 0) as bigint) as {{ dbt.type_string() }}) as published_area,
    incident_date,
    complaint_date,
    closed_date,
    complaint_status,
    complainant_type,
    investigating_agency
from latest
