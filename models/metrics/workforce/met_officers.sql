select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(sum(officer_headcount) as decimal(18, 6)) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_officer_months') }}
group by all
union all
select
    programme_id,
    area_id,
    make_date(calendar_year, 1, 1) as period_start,
    'year' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    officer_fte as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_officers_by_year') }}
where not is_total
