-- From 16 October 2017 every report in this file repeats a case that is also in the new form's file.
with latest as (
    select *
    from {{ landed('chicago_open_data', 'force_reports_old_form') }} as reports
    {{ keep_latest('chicago_open_data', 'force_reports_old_form') }}
)

select
    programme_id,
    report_id,
    case_hash,
    'old' as form_version,
    cast(cast(nullif(floor(beat / 100), 0) as bigint) as {{ dbt.type_string() }}) as published_area,
    report_date,
    cast('2017-10-16' as date) as repeated_from
from latest
