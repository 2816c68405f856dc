with outcomes as (
    select
        programme_id,
        area_id,
        quarter_start,
        offence_group,
        cast(sum(case when is_convicted then defendant_count else 0 end) as bigint) as numerator,
        cast(sum(defendant_count) as bigint) as denominator
    from {{ ref('int_court_outcomes') }}
    where is_completed
    group by all
)

select
    programme_id,
    area_id,
    quarter_start as period_start,
    'quarter' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(sum(numerator) as bigint) as numerator,
    cast(sum(denominator) as bigint) as denominator
from outcomes
group by all
union all
select
    programme_id,
    area_id,
    quarter_start as period_start,
    'quarter' as period_grain,
    'offence_group' as breakdown,
    offence_group as breakdown_value,
    numerator,
    denominator
from outcomes
