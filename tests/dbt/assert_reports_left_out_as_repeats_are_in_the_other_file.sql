-- Old-form reports from 16 October 2017 on are dropped because their case is in the new form's file: each must be.
select old_form.report_id
from {{ ref('stg_chicago_open_data__force_reports_old_form') }} as old_form
left join {{ ref('stg_chicago_open_data__force_reports_new_form') }} as new_form
    on old_form.programme_id = new_form.programme_id and old_form.case_hash = new_form.case_hash
where old_form.report_date >= old_form.repeated_from and new_form.report_id is null
