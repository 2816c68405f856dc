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
group by all
union all
{{ share_by_month(
    ref('int_cases'),
    'disposal_month',
    'is_convicted',
    parts=['is_domestic_abuse', 'camera_evidence_used']
) }}
