-- Published counts carry their offence; single cases are counted by the month in which they ended.
with outcomes as (
    select
        programme_id,
        area_id,
        month_start,
        principal_offence,
        coalesce(conviction_count, 0) as conviction_count,
        coalesce(conviction_count, 0) + unsuccessful_count as completed_count
    from {{ ref('int_case_outcomes') }}
    where not is_total
    union all
    select
        programme_id,
        area_id,
        disposal_month as month_start,
        cast(null as {{ dbt.type_string() }}) as principal_offence,
        count(*) filter (where is_convicted) as conviction_count,
        count(*) as completed_count
    from {{ ref('int_cases') }}
    where disposal_month is not null
    group by all
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(sum(conviction_count) as bigint) as numerator,
    cast(sum(completed_count) as bigint) as denominator
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
    cast(sum(completed_count) as bigint) as denominator
from outcomes
where principal_offence is not null
group by all
