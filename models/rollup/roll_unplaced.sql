-- Of what a programme counts over its whole time, the share that lies in none of its areas: in a remainder, as what carries no
-- area or one outside all of them. The whole then counts more than its areas do together.
with counted as (
    select
        periods.programme_id,
        periods.metric_id,
        areas.sort_order = 0 as is_whole,
        cast(case metrics.kind when 'share' then periods.denominator else periods.numerator end as double) as number
    from {{ ref('roll_periods') }} as periods
    inner join {{ ref('roll_metric_definitions') }} as metrics
        on periods.metric_id = metrics.metric_id
        and metrics.kind in ('count', 'rate', 'share')
        and not metrics.is_stock
    inner join {{ ref('int_areas') }} as areas
        on periods.programme_id = areas.programme_id
        and periods.area_id = areas.area_id
        and (areas.sort_order = 0 or areas.area_kind = 'remainder')
    where periods.period_grain = 'window' and periods.breakdown = 'all'
),

summed as (
    select
        programme_id,
        metric_id,
        sum(case when is_whole then number end) as whole_number,
        sum(case when not is_whole then number end) as unplaced_number
    from counted
    group by programme_id, metric_id
)

select
    programme_id,
    metric_id,
    100 * unplaced_number / whole_number as unplaced_percent
from summed
where whole_number > 0 and unplaced_number > 0
