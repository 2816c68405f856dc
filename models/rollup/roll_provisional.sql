-- Which periods late entries can still change. Past releases decide where they show enough, else the declared grace period of the
-- metric; and a period stays provisional while too few of the records expected for it have arrived.
select distinct
    figures.programme_id,
    figures.metric_id,
    figures.area_id,
    figures.period_grain,
    figures.period_start,
    figures.period_grain <> 'window'
    and (
        coalesce(
            rules.provisional_basis <> 'observed'
            and cast({{ dbt.dateadd('day', 'metrics.grace_days', 'least(figures.period_end, programmes.data_to)') }} as date)
            > programmes.extracted_on, false
        )
        or coalesce(
            {{ age_months('figures.period_end', 'programmes.extracted_on') }} < rules.provisional_months, false
        )
    )
    or coalesce(completeness.value < metrics.complete_from, false) as is_provisional
from {{ ref('roll_values') }} as figures
inner join {{ ref('int_programmes') }} as programmes on figures.programme_id = programmes.programme_id
inner join {{ ref('roll_metric_definitions') }} as metrics on figures.metric_id = metrics.metric_id
inner join {{ ref('roll_provisional_months') }} as rules
    on figures.programme_id = rules.programme_id and figures.metric_id = rules.metric_id
left join {{ ref('roll_values') }} as completeness
    on metrics.completeness = completeness.metric_id
    and figures.programme_id = completeness.programme_id
    and figures.area_id = completeness.area_id
    and figures.period_grain = completeness.period_grain
    and figures.period_start = completeness.period_start
    and completeness.breakdown = 'all'
