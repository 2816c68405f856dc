with outcomes as (
    select
        programme_id,
        area_id,
        month_start,
        principal_offence,
        coalesce(conviction_count, 0) as conviction_count,
        unsuccessful_count
    from {{ ref('int_case_outcomes') }}
    where not is_total
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(sum(conviction_count) as bigint) as numerator,
    cast(sum(conviction_count + unsuccessful_count) as bigint) as denominator
from outcomes
group by all
union all
select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'principal_offence' as breakdown,
    principal_offence as breakdown_value,
    cast(sum(conviction_count) as bigint) as numerator,
    cast(sum(conviction_count + unsuccessful_count) as bigint) as denominator
from outcomes
group by all
