-- The figures of all metrics within the days that the programme's files cover. A period with
-- a month that was not supplied has none: what is added up is left out, what is not stands without a number. A count is zero in
-- a month that was supplied and without a row, in every area that has one in another month.
with counted as (
    select
        metric_id,
        programme_id,
        area_id,
        period_start
    from {{ ref('roll_given_figures') }}
    where period_grain = 'month' and breakdown = 'all' and area_id is not null
),

placed as (
    select distinct
        metric_id,
        programme_id,
        area_id
    from counted
),

united as (
    select *
    from {{ ref('roll_given_figures') }}
    union all
    select
        placed.metric_id,
        placed.programme_id,
        placed.area_id,
        zero.month_start as period_start,
        'month' as period_grain,
        'all' as breakdown,
        'all' as breakdown_value,
        cast(0 as decimal(28, 6)) as numerator,
        cast(null as decimal(28, 6)) as denominator
    from placed
    inner join {{ ref('roll_zero_months') }} as zero
        on placed.metric_id = zero.metric_id
        and placed.programme_id = zero.programme_id
        and coalesce(zero.area_id, placed.area_id) = placed.area_id
    inner join {{ ref('int_areas') }} as areas
        on placed.programme_id = areas.programme_id
        and placed.area_id = areas.area_id
        and zero.month_start >= coalesce(cast(date_trunc('month', areas.valid_from) as date), zero.month_start)
        and zero.month_start <= coalesce(areas.valid_to, zero.month_start)
    left join counted
        on placed.metric_id = counted.metric_id
        and placed.programme_id = counted.programme_id
        and placed.area_id = counted.area_id
        and zero.month_start = counted.period_start
    where counted.metric_id is null
),

known as (
    select
        united.metric_id,
        united.programme_id,
        united.area_id,
        united.period_grain,
        united.period_start,
        united.breakdown,
        united.breakdown_value,
        united.numerator,
        united.denominator,
        metrics.kind,
        metrics.is_stock,
        metrics.highest,
        metrics.period_days,
        coalesce(
            {{ last_day_of('united.period_grain', 'united.period_start', 'metrics.period_days') }}, programmes.data_to
        ) as period_end,
        coalesce(
            sum(united.numerator) over (
                partition by united.metric_id, united.programme_id, united.period_grain, united.period_start
            ), 0
        ) = 0 as is_zero
    from united
    inner join {{ ref('roll_metric_definitions') }} as metrics on united.metric_id = metrics.metric_id
    inner join {{ ref('int_programmes') }} as programmes on united.programme_id = programmes.programme_id
    where
        united.area_id is not null
        and united.period_start >= cast(date_trunc('month', programmes.data_from) as date)
        and united.period_start <= programmes.data_to
),

judged as (
    select
        known.*,
        {{ misses_a_month('known', 'known.period_grain', 'known.period_end', is_zero='known.is_zero') }} as is_incomplete
    from known
)

select
    metric_id,
    programme_id,
    area_id,
    period_grain,
    period_start,
    breakdown,
    breakdown_value,
    case when not is_incomplete then numerator end as numerator,
    case when not is_incomplete then denominator end as denominator,
    kind,
    is_stock,
    highest,
    period_days
from judged
where not is_incomplete or kind in ('distinct', 'quantile', 'survey')
