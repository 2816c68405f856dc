-- One row per area and month, for areas whose first day with cameras is known. Studies of a staged roll-out read it; it is not
-- released. Several names of one area are added up, and the earliest of their days counts. A complaint counts in the month of its
-- incident; a file that does not say who complained is taken to hold complaints of the public. A month without a row counts zero
-- where its feeds cover it, and nothing (null) where they do not: no study takes a missing file for a quiet month.
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
),

-- Months that no delivery covers, at every area that they concern, by what is counted.
gaps as (
    select
        missing.programme_id,
        paths.area_id,
        missing.month_start,
        bool_or(missing.feed = 'complaints') as is_without_complaints,
        bool_or(missing.feed in ('complaints', 'complaint_categories')) as is_without_categories,
        bool_or(missing.feed = 'force_reports') as is_without_reports,
        bool_or(missing.is_certain) as is_certain
    from {{ ref('int_missing_months') }} as missing
    inner join {{ ref('int_area_paths') }} as paths
        on missing.programme_id = paths.programme_id
        and coalesce(missing.area_id, paths.ancestor_area_id) = paths.ancestor_area_id
    where missing.feed in ('complaints', 'complaint_categories', 'force_reports')
    group by all
)

select
    officers.programme_id,
    officers.area_id,
    officers.month_start,
    officers.officer_headcount,
    starts.cameras_from,
    cast(case when officers.month_start >= starts.other_reform_from then 1 else 0 end as integer) as other_reform,
    case
        when gaps.is_without_complaints and (gaps.is_certain or coalesce(complaints.civilian_complaint_count, 0) = 0) then null
        else cast(coalesce(complaints.civilian_complaint_count, 0) as bigint)
    end as civilian_complaint_count,
    case
        when gaps.is_without_categories and (gaps.is_certain or coalesce(complaints.force_complaint_count, 0) = 0) then null
        else cast(coalesce(complaints.force_complaint_count, 0) as bigint)
    end as force_complaint_count,
    case
        when gaps.is_without_reports and (gaps.is_certain or coalesce(reports.reported_force_count, 0) = 0) then null
        else cast(coalesce(reports.reported_force_count, 0) as bigint)
    end as reported_force_count
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
left join gaps
    on
    officers.programme_id = gaps.programme_id
    and officers.area_id = gaps.area_id
    and officers.month_start = gaps.month_start
