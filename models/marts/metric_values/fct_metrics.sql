-- The one place from which every figure is read.
with breaks as (
    select
        periods.metric_id,
        periods.programme_id,
        periods.period_start,
        periods.period_end,
        max(case when breaks.is_redefined and breaks.break_date > periods.period_start then 1 else 0 end) = 1 as is_spanned
    from {{ ref('roll_periods') }} as periods
    inner join {{ ref('int_breaks') }} as breaks
        on periods.programme_id = breaks.programme_id
        and periods.metric_id = breaks.metric_id
        and breaks.break_date between periods.period_start and periods.period_end
    group by all
),

-- What is counted and not rated, because there is nothing to divide by: the count shows, and the rate says why it does not.
undivided as (
    select
        metrics.metric_id,
        counted.programme_id,
        'No ' || metrics.without_needs || ' supplied: see ' || counts.label
        || coalesce(' by ' || replace(metrics.without_breakdown, '_', ' '), '') || '.' as reason
    from {{ ref('roll_metric_definitions') }} as metrics
    inner join {{ ref('roll_metric_definitions') }} as counts on metrics.without_count = counts.metric_id
    inner join (
        select distinct
            metric_id,
            programme_id,
            breakdown
        from {{ ref('roll_figures') }}
    ) as counted
        on metrics.without_count = counted.metric_id
        and coalesce(metrics.without_breakdown, 'all') = counted.breakdown
    left join (
        select distinct
            metric_id,
            programme_id
        from {{ ref('roll_figures') }}
    ) as rated on metrics.metric_id = rated.metric_id and counted.programme_id = rated.programme_id
    left join {{ ref('int_not_supplied') }} as stated
        on metrics.metric_id = stated.metric_id and counted.programme_id = stated.programme_id
    where rated.metric_id is null and stated.metric_id is null
),

not_supplied as (
    select
        absent.programme_id,
        absent.metric_id,
        areas.area_id,
        programmes.data_from,
        programmes.data_to,
        absent.reason
    from (
        select
            programme_id,
            metric_id,
            reason
        from {{ ref('int_not_supplied') }}
        union all
        select
            programme_id,
            metric_id,
            reason
        from undivided
    ) as absent
    inner join {{ ref('int_areas') }} as areas on absent.programme_id = areas.programme_id and areas.sort_order = 0
    inner join {{ ref('int_programmes') }} as programmes on absent.programme_id = programmes.programme_id
)

select
    figures.programme_id,
    figures.metric_id,
    figures.area_id,
    figures.period_grain,
    figures.period_start,
    figures.breakdown,
    figures.breakdown_value,
    least(figures.period_end, programmes.data_to) as period_end,
    {% for part in ['numerator', 'denominator', 'value', 'interval_low', 'interval_high'] -%}
        case when not coalesce(breaks.is_spanned, false) then figures.{{ part }} end as {{ part }},
    {% endfor -%}
    figures.interval_method,
    figures.dispersion,
    case
        when breaks.is_spanned then 'not_applicable'
        when missing.reason is not null then 'missing_months'
        when figures.value is null then 'not_applicable'
        when figures.events < 20 then 'low'
        else 'final'
    end as status,
    case
        when breaks.is_spanned
            then 'What is counted changed within the period, so what came before and after is not added up.'
        when missing.reason is not null then missing.reason
        when figures.value is null and metrics.kind = 'quantile'
            then 'Not reached: fewer than half of the ' || metrics.denominator_words || ' are there yet.'
        when figures.value is null
            then 'Nothing to divide by: the ' || metrics.denominator_words || ' are not known for the area and period.'
        when figures.events < 20
            then 'Fewer than 20: '
                || case metrics.kind when 'rate' then metrics.numerator_words else metrics.denominator_words end
                || '.'
    end as status_reason,
    coalesce(provisional.is_provisional, false) as is_provisional,
    breaks.metric_id is not null as is_break
from {{ ref('roll_values') }} as figures
inner join {{ ref('int_programmes') }} as programmes on figures.programme_id = programmes.programme_id
inner join {{ ref('roll_metric_definitions') }} as metrics on figures.metric_id = metrics.metric_id
left join {{ ref('roll_provisional') }} as provisional
    on figures.programme_id = provisional.programme_id
    and figures.metric_id = provisional.metric_id
    and figures.area_id = provisional.area_id
    and figures.period_grain = provisional.period_grain
    and figures.period_start = provisional.period_start
left join {{ ref('roll_missing_reasons') }} as missing
    on figures.metric_id = missing.metric_id
    and figures.programme_id = missing.programme_id
    and figures.area_id = missing.area_id
    and figures.period_grain = missing.period_grain
    and figures.period_start = missing.period_start
left join breaks
    on figures.metric_id = breaks.metric_id
    and figures.programme_id = breaks.programme_id
    and figures.period_start = breaks.period_start
    and figures.period_end = breaks.period_end
union all
select
    programme_id,
    metric_id,
    area_id,
    'window' as period_grain,
    data_from as period_start,
    'all' as breakdown,
    'all' as breakdown_value,
    data_to as period_end,
    {% for part in ['numerator', 'denominator', 'value', 'interval_low', 'interval_high'] -%}
        cast(null as double) as {{ part }},
    {% endfor -%}
    'none: not supplied' as interval_method,
    cast(null as double) as dispersion,
    'not_supplied' as status,
    reason as status_reason,
    false as is_provisional,
    false as is_break
from not_supplied
