with crimes as (
    select
        programme_id,
        area_id,
        month_start,
        crime_type,
        outcome_group in ('charged', 'dealt with out of court') as is_dealt_with
    from {{ ref('int_street_crimes') }}
    where outcome_group <> 'not known'
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where is_dealt_with) as numerator,
    count(*) as denominator
from crimes
group by all
union all
select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'crime_type' as breakdown,
    crime_type as breakdown_value,
    count(*) filter (where is_dealt_with) as numerator,
    count(*) as denominator
from crimes
group by all
