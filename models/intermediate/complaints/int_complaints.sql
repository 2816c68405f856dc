-- One row per complaint, at its area; a complaint without a place stands at the programme's area "unknown".
with complaints as (
    {{ unite(
        'complaints', [ref('stg_chicago_open_data__complaint_logs'), ref('stg_bodyworn__complaints')],
        also={'complainant_type': 'string', 'investigating_agency': 'string'}
    ) }}
)

select
    complaints.programme_id,
    complaints.complaint_id,
    complaints.published_area,
    case when complaints.published_area is null then 'unknown' else names.area_id end as area_id,
    complaints.incident_date,
    complaints.complaint_date,
    cast(date_trunc('month', complaints.complaint_date) as date) as month_start,
    complaints.closed_date,
    case
        when complaints.closed_date >= complaints.complaint_date
            then {{ dbt.datediff('complaints.complaint_date', 'complaints.closed_date', 'day') }}
    end as days_open,
    complaints.complaint_status,
    complaints.complainant_type,
    complaints.investigating_agency,
    categories.complaint_id is not null as has_category,
    coalesce(categories.is_force_complaint, false) as is_force_complaint,
    complaints.complainant_reference,
    complaints.complaint_outcome,
    outcomes.is_upheld,
    complaints.recorded_date,
    complaints.incident_from,
    complaints.encounter_id,
    complaints.staff_id,
    complaints.footage_available,
    complaints.footage_viewed
from complaints
left join {{ ref('int_area_names') }} as names
    on complaints.programme_id = names.programme_id and complaints.published_area = names.published_name
left join {{ ref('complaint_outcomes') }} as outcomes on complaints.complaint_outcome = outcomes.complaint_outcome
left join {{ ref('int_complaint_categories') }} as categories
    on complaints.programme_id = categories.programme_id and complaints.complaint_id = categories.complaint_id
