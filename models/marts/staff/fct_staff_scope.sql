with staff as (
    select distinct
        programme_id,
        staff_id,
        area_id
    from {{ ref('int_staff_postings') }}
    where is_in_scope
),

recorded as (
    select distinct
        programme_id,
        staff_id
    from {{ ref('int_recordings') }}
),

worked as (
    select distinct
        programme_id,
        staff_id
    from {{ ref('int_shifts') }}
),

filmed as (
    select distinct
        programme_id,
        staff_id
    from {{ ref('int_shift_footage') }}
    where footage_ms > 0
)

select
    staff.programme_id,
    paths.ancestor_area_id as area_id,
    count(distinct staff.staff_id) as in_scope_staff_count,
    count(distinct recorded.staff_id) as with_footage_count,
    count(distinct case when recorded.staff_id is null then staff.staff_id end) as without_footage_count,
    count(distinct case when worked.staff_id is null then staff.staff_id end) as without_shift_count,
    count(distinct filmed.staff_id) as recorded_shift_staff_count
from staff
inner join {{ ref('int_area_paths') }} as paths
    on staff.programme_id = paths.programme_id and staff.area_id = paths.area_id
left join recorded on staff.programme_id = recorded.programme_id and staff.staff_id = recorded.staff_id
left join worked on staff.programme_id = worked.programme_id and staff.staff_id = worked.staff_id
left join filmed on staff.programme_id = filmed.programme_id and staff.staff_id = filmed.staff_id
group by all
