with latest as (
    select *
    from {{ landed('bodyworn', 'force_reports') }} as force_reports
    {{ keep_latest('bodyworn', 'force_reports') }}
)

select
    programme_id,
    report_id,
    published_area,
    report_date
from latest
