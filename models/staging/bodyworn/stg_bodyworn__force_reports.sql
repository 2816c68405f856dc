select
    programme_id,
    report_id,
    cast(null as {{ dbt.type_string() }}) as case_hash,
    cast(null as {{ dbt.type_string() }}) as form_version,
    published_area,
    report_date,
    cast(null as date) as repeated_from
from {{ landed('bodyworn', 'force_reports') }} as force_reports
