-- The figures of all metrics as their met_ models give them, within the days that the programme's files speak of.
with united as (
    {{ unite_metrics(every_metric()) }}
)

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
    metrics.period_days
from united
inner join {{ ref('roll_metric_definitions') }} as metrics on united.metric_id = metrics.metric_id
inner join {{ ref('int_programmes') }} as programmes on united.programme_id = programmes.programme_id
where
    united.area_id is not null
    and united.period_start >= cast(date_trunc('month', programmes.data_from) as date)
    and united.period_start <= programmes.data_to
