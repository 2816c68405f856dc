-- Complaints that were formally recorded, by the month in which they were.
select
    programme_id,
    complaint_id,
    area_id,
    cast(date_trunc('month', recorded_date) as date) as month_start
from {{ ref('int_complaints') }}
where recorded_date is not null
