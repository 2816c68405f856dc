-- One row per person and span of days on which the work of the person counts for the area of one posting. A posting counts from
-- its first day to its last; where several hold, the one that began last, and where two began on one day, the one delivered last.
-- When a posting ends, the person is back in the one that still runs. Where none holds, the posting before it goes on, and the
-- first one has no beginning, so that work outside the dates of a staff list keeps its place.
with placed as (
    select
        postings.programme_id,
        postings.staff_id,
        coalesce(names.area_id, 'unknown') as area_id,
        postings.officer_role,
        postings.team,
        postings.posted_from_date,
        postings.posted_to_date,
        coalesce(postings.posted_from_date, date '1900-01-01') as begins,
        coalesce(postings.posted_to_date, date '9999-12-31') as ends,
        row_number() over (
            partition by postings.programme_id, postings.staff_id
            order by postings.posted_from_date, postings.arrival, postings.record_number, postings.published_area
        ) as posting_number
    from {{ ref('int_officers') }} as postings
    left join {{ ref('int_area_names') }} as names
        on postings.programme_id = names.programme_id and postings.published_area = names.published_name
),

-- The days on which the posting that counts can change.
days as (
    select
        programme_id,
        staff_id,
        begins as counts_from
    from placed
    union
    select
        programme_id,
        staff_id,
        ends + 1 as counts_from
    from placed
    where ends >= begins and ends < date '9999-12-31'
),

candidates as (
    select
        days.counts_from,
        placed.*,
        row_number() over (
            partition by placed.programme_id, placed.staff_id, days.counts_from
            order by placed.ends >= days.counts_from desc, placed.begins desc, placed.posting_number desc
        ) as place_number
    from days
    inner join placed
        on days.programme_id = placed.programme_id
        and days.staff_id = placed.staff_id
        and days.counts_from >= placed.begins
),

changes as (
    select
        candidates.*,
        lag(posting_number) over (partition by programme_id, staff_id order by counts_from) as earlier_number
    from candidates
    where place_number = 1
),

spans as (
    select
        changes.*,
        lead(counts_from) over (partition by programme_id, staff_id order by counts_from) as next_from
    from changes
    where earlier_number is null or earlier_number <> posting_number
),

policies as (
    select distinct programme_id
    from {{ ref('int_camera_policy') }} as camera_policy
)

select
    spans.programme_id,
    spans.staff_id,
    spans.area_id,
    case when spans.earlier_number is null then date '1900-01-01' else spans.counts_from end as counts_from,
    coalesce(spans.next_from, date '9999-12-31') as counts_before,
    policies.programme_id is null or camera_policy.area_id is not null as is_in_scope,
    spans.officer_role,
    spans.team,
    spans.posted_from_date,
    spans.posted_to_date
from spans
left join policies on spans.programme_id = policies.programme_id
left join {{ ref('int_camera_policy') }} as camera_policy
    on spans.programme_id = camera_policy.programme_id
    and spans.officer_role = camera_policy.officer_role
    and spans.area_id = camera_policy.area_id
    and spans.posted_from_date <= camera_policy.joined_by
    and (spans.posted_to_date is null or spans.posted_to_date >= camera_policy.employed_on)
