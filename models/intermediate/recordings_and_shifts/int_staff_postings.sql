-- One row per posting of a person, with the days on which the person's work counts for its area: the first posting
-- reaches back and the last one forward without end, so that work outside the dates of a staff list keeps its place.
with placed as (
    select
        postings.programme_id,
        postings.staff_id,
        coalesce(names.area_id, 'unknown') as area_id,
        postings.officer_role,
        postings.team,
        postings.posted_from_date,
        postings.posted_to_date,
        row_number() over (
            partition by postings.programme_id, postings.staff_id
            order by postings.posted_from_date, postings.published_area
        ) as posting_number,
        lead(postings.posted_from_date) over (
            partition by postings.programme_id, postings.staff_id
            order by postings.posted_from_date, postings.published_area
        ) as next_posted_from
    from {{ ref('int_officers') }} as postings
    left join {{ ref('int_area_names') }} as names
        on postings.programme_id = names.programme_id and postings.published_area = names.published_name
),

policies as (
    select distinct programme_id
    from {{ ref('int_camera_policy') }} as camera_policy
)

select
    placed.programme_id,
    placed.staff_id,
    placed.area_id,
    case when placed.posting_number = 1 then date '1900-01-01' else placed.posted_from_date end as counts_from,
    coalesce(placed.next_posted_from, date '9999-12-31') as counts_before,
    policies.programme_id is null or camera_policy.area_id is not null as is_in_scope,
    placed.officer_role,
    placed.team,
    placed.posted_from_date,
    placed.posted_to_date
from placed
left join policies on placed.programme_id = policies.programme_id
left join {{ ref('int_camera_policy') }} as camera_policy
    on placed.programme_id = camera_policy.programme_id
    and placed.officer_role = camera_policy.officer_role
    and placed.area_id = camera_policy.area_id
    and placed.posted_from_date <= camera_policy.joined_by
    and (placed.posted_to_date is null or placed.posted_to_date >= camera_policy.employed_on)
