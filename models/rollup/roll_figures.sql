-- The figures of all metrics as their met_ models give them, within the days that the programme's files speak of. A period with
-- a month that was not supplied has none: what is added up is left out, what is not stands without a number.
with united as (
    {{ unite_metrics(every_metric()) }}
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
