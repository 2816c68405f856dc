-- One row per use-of-force report, at its area; left out from the day on which another file repeats its events.
with reports as (
    {{ unite('force_reports', [
        'stg_chicago_open_data__force_reports_old_form',
        'stg_chicago_open_data__force_reports_new_form',
        'stg_bodyworn__force_reports'
    ], also={'case_hash': 'string', 'form_version': 'string', 'repeated_from': 'date'}) }}
)

select
    reports.programme_id,
    reports.report_id,
    reports.published_area,
    coalesce(names.area_id, 'unknown') as area_id,
    reports.report_date,
    cast(date_trunc('month', reports.report_date) as date) as month_start
from reports
left join {{ ref('int_area_names') }} as names
    on reports.programme_id = names.programme_id and reports.published_area = names.published_name
where reports.repeated_from is null or reports.report_date < reports.repeated_from
