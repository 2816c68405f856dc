-- One row per complaint whose categories were published, and whether any of them alleges force; null where none says so.
select
    programme_id,
    complaint_id,
    max(case when is_force_category then 1 when not is_force_category then 0 end) = 1 as is_force_complaint
from {{ ref('int_allegation_rows') }}
group by all
