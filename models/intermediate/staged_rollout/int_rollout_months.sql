-- One row per area and month, for areas whose first day with cameras is known. Studies of a staged roll-out read it; it is not
-- released. Several names of one area are added up, and the earliest of their days counts. A complaint stands in the month of its
-- incident; a file that does not say who complained is taken to hold complaints of the public.
with officers as (
    select
        programme_id,
        area_id,
        month_start,
        cast(sum(officer_headcount) as bigint) as officer_headcount
    from {{ ref('int_officer_months') }}
    group by all
),

starts as (
    select
        programme_id,
        area_id,
        min(cameras_from) as cameras_from,
        min(other_reform_from) as other_reform_from
    from {{ ref('int_camera_starts') }}
    group by all
),

complaints as (
    select
        programme_id,
        area_id,
        cast(date_trunc('month', incident_date) as date) as month_start,
        sum(case when coalesce(complainant_type, 'CIVILIAN') = 'CIVILIAN' then 1 else 0 end) as civilian_complaint_count,
        sum(case when is_force_complaint then 1 else 0 end) as force_complaint_count
    from {{ ref('int_complaints') }}
    group by all
),

reports as (
    select
        programme_id,
        area_id,
        month_start,
        count(distinct report_id) as reported_force_count
    from {{ ref('int_force_reports') }}
    group by all
)

select
    officers.programme_id,
    officers.area_id,
    officers.month_start,
    officers.officer_headcount,
    starts.cameras_from,
    cast(case when officers.month_start >= starts.other_reform_from then 1 else 0 end as integer) as other_reform,
    cast(coalesce(complaints.civilian_complaint_count, 0) as bigint) as civilian_complaint_count,
    cast(coalesce(complaints.force_complaint_count, 0) as bigint) as force_complaint_count,
    cast(coalesce(reports.reported_force_count, 0) as bigint) as reported_force_count
from officers
inner join starts
    on officers.programme_id = starts.programme_id and officers.area_id = starts.area_id
left join complaints
    on
    officers.programme_id = complaints.programme_id
    and officers.area_id = complaints.area_id
    and officers.month_start = complaints.month_start
left join reports
    on
    officers.programme_id = reports.programme_id
    and officers.area_id = reports.area_id
    and officers.month_start = reports.month_start
