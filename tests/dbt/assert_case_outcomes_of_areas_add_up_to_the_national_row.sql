-- Every month and offence in which both are published; a cell that does not add up is a row here.
with cells as (
    select
        programme_id,
        month_start,
        principal_offence,
        sum(conviction_count) filter (where not is_total) as area_convictions,
        sum(conviction_count) filter (where is_total) as total_convictions,
        sum(unsuccessful_count) filter (where not is_total) as area_unsuccessful,
        sum(unsuccessful_count) filter (where is_total) as total_unsuccessful,
        count(*) filter (where is_total) as total_rows
    from {{ ref('int_case_outcomes') }}
    group by all
)

select *
from cells
where
    total_rows > 0
    and (
        area_convictions is distinct from total_convictions
        or area_unsuccessful is distinct from total_unsuccessful
    )
