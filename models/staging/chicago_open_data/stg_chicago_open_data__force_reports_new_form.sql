with latest as (
    select *
    from {{ landed('chicago_open_data', 'force_reports_new_form') }} as reports
    {{ keep_latest('chicago_open_data', 'force_reports_new_form') }}
)

select
    programme_id,
    report_id,
    case_hash,
    'new' as form_version,
    cast(cast(nullif(floor(beat / 100), 0) as bigint) as {{ dbt.type_string() }}) as published_area,
    report_date
from latest
