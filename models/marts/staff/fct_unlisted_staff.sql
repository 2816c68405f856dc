-- Officers and staff in recordings or shifts who are not on the staff list, compared as text.
with seen as (
    select
        programme_id,
        'recordings' as feed_name,
        staff_id
    from {{ ref('int_recordings') }}
    union all
    select
        programme_id,
        'shifts' as feed_name,
        staff_id
    from {{ ref('int_shifts') }}
),

listed as (
    select distinct
        programme_id,
        staff_id
    from {{ ref('int_staff_postings') }}
)

select
    seen.programme_id,
    seen.feed_name,
    count(distinct case when listed.staff_id is null then seen.staff_id end) as unlisted_staff_count
from seen
left join listed on seen.programme_id = listed.programme_id and seen.staff_id = listed.staff_id
group by all
union all
select
    seen.programme_id,
    'any' as feed_name,
    count(distinct case when listed.staff_id is null then seen.staff_id end) as unlisted_staff_count
from seen
left join listed on seen.programme_id = listed.programme_id and seen.staff_id = listed.staff_id
group by all
