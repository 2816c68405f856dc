-- Complaints by the day of their incident, for incidents since the records begin, each with the days from incident to
-- logging and the days in which it could have been logged before the files were made.
select
    complaints.programme_id,
    complaints.complaint_id,
    complaints.area_id,
    cast(date_trunc('month', complaints.incident_date) as date) as month_start,
    {{ dbt.datediff('complaints.incident_date', 'complaints.complaint_date', 'day') }} as lag_days,
    {{ dbt.datediff('complaints.incident_date', 'programmes.extracted_on', 'day') }} as seen_days
from {{ ref('int_complaints') }} as complaints
inner join {{ ref('int_programmes') }} as programmes on complaints.programme_id = programmes.programme_id
where
    complaints.incident_date >= programmes.data_from
    and complaints.complaint_date between complaints.incident_date and programmes.extracted_on
