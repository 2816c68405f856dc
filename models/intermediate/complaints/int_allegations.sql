-- One row per allegation within a complaint, at the complaint's area; an allegation of a complaint that no list holds
-- stands at "unknown".
select
    allegations.programme_id,
    allegations.complaint_id,
    allegations.allegation_number,
    case when complaints.complaint_id is null then 'unknown' else complaints.area_id end as area_id,
    complaints.incident_date,
    complaints.recorded_date,
    allegations.complaint_date,
    allegations.closed_date,
    allegations.category_code,
    allegations.category_name,
    allegations.is_force_category,
    allegations.published_category_code,
    allegations.staff_id,
    allegations.is_one_by_one,
    cast(date_trunc('month', allegations.complaint_date) as date) as month_start
from {{ ref('int_allegation_rows') }} as allegations
left join {{ ref('int_complaints') }} as complaints
    on allegations.programme_id = complaints.programme_id and allegations.complaint_id = complaints.complaint_id
