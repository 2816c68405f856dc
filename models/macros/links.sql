{# Rows without a link among all rows, by month: the whole, and each reason among the same all. A reason that a programme gives
   anywhere has a row in every area and month, so that sums over them keep all rows below. #}
{% macro share_without_link(relation, among='true') -%}
with counted as (
    select
        programme_id,
        area_id,
        month_start,
        unmatched_reason,
        count(*) as row_count
    from {{ relation }}
    where {{ among }}
    group by all
),

totals as (
    select
        programme_id,
        area_id,
        month_start,
        cast(sum(case when unmatched_reason = '' then 0 else row_count end) as bigint) as without_count,
        cast(sum(row_count) as bigint) as row_count
    from counted
    group by all
),

reasons as (
    select distinct
        programme_id,
        unmatched_reason
    from counted
    where unmatched_reason <> ''
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    without_count as numerator,
    row_count as denominator
from totals
union all
select
    totals.programme_id,
    totals.area_id,
    totals.month_start as period_start,
    'month' as period_grain,
    'unmatched_reason' as breakdown,
    reasons.unmatched_reason as breakdown_value,
    coalesce(counted.row_count, 0) as numerator,
    totals.row_count as denominator
from totals
inner join reasons on totals.programme_id = reasons.programme_id
left join counted
    on totals.programme_id = counted.programme_id
    and totals.area_id = counted.area_id
    and totals.month_start = counted.month_start
    and reasons.unmatched_reason = counted.unmatched_reason
{%- endmacro %}


{# The widths at which links by time are counted: the label of each, and what fits it. #}
{% macro match_windows() -%}
    {{ return([
        ('half the tolerance', '2 * gap_ms <= tolerance_ms'),
        ('the tolerance', 'gap_ms <= tolerance_ms'),
        ('double the tolerance', 'gap_ms <= 2 * tolerance_ms')
    ]) }}
{%- endmacro %}
