-- Complaint cases finalised in a year to March by force, inside and outside Schedule 3; a later file replaces an earlier one.
with finalised as (
    {{ unite('finalised_complaints', ['stg_iopc__finalised_complaints']) }}
),

latest as (
    select *
    from finalised
    qualify arrival = max(arrival) over (partition by programme_id, year_to_march)
),

by_schedule as (
    select
        programme_id,
        published_area,
        year_to_march,
        'outside Schedule 3' as schedule,
        cases_outside_schedule_3 as case_count,
        mean_days_outside as mean_days
    from latest
    union all
    select
        programme_id,
        published_area,
        year_to_march,
        'under Schedule 3' as schedule,
        cases_under_schedule_3 as case_count,
        mean_days_under_with_suspension as mean_days
    from latest
)

select
    by_schedule.programme_id,
    by_schedule.published_area,
    names.area_id,
    by_schedule.year_to_march,
    make_date(by_schedule.year_to_march - 1, 4, 1) as year_start,
    by_schedule.schedule,
    by_schedule.case_count,
    by_schedule.mean_days
from by_schedule
left join {{ ref('int_area_names') }} as names
    on by_schedule.programme_id = names.programme_id and by_schedule.published_area = names.published_name
