-- Complaints with at least one allegation about an encounter that a camera could have filmed, a row each.
with alleged as (
    select distinct
        programme_id,
        complaint_id
    from {{ ref('int_allegation_meanings') }}
    where is_encounter_related
)

select
    complaints.programme_id,
    complaints.complaint_id,
    complaints.area_id,
    complaints.month_start
from {{ ref('int_complaints') }} as complaints
inner join alleged
    on complaints.programme_id = alleged.programme_id and complaints.complaint_id = alleged.complaint_id
