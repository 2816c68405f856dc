-- What happened to a rate since its declared baseline. It says nothing of why.
{% set shown = "changes.status = 'final'" -%}
with crossed as (
    select
        changes.programme_id,
        changes.metric_id,
        changes.comparison,
        {{ dbt.listagg('breaks.what', "' '", 'order by breaks.break_date, breaks.what') }} as what
    from (
        select distinct
            programme_id,
            metric_id,
            comparison,
            baseline_start,
            comparison_end
        from {{ ref('roll_changes') }}
    ) as changes
    inner join {{ ref('int_breaks') }} as breaks
        on changes.programme_id = breaks.programme_id
        and changes.metric_id = breaks.metric_id
        and breaks.break_date between changes.baseline_start and changes.comparison_end
    group by all
)

select
    changes.programme_id,
    changes.metric_id,
    changes.area_id,
    changes.comparison,
    changes.comparison_label,
    changes.baseline_start,
    changes.baseline_end,
    changes.comparison_start,
    changes.comparison_end,
    changes.why,
    changes.baseline_events,
    changes.baseline_exposure,
    changes.comparison_events,
    changes.comparison_exposure,
    changes.baseline_rate,
    changes.comparison_rate,
    changes.dispersion,
    {% for figure in [
        'change_percent', 'interval_low_percent', 'interval_high_percent',
        'change_absolute', 'interval_low_absolute', 'interval_high_absolute'
    ] -%}
        case when {{ shown }} then changes.{{ figure }} end as {{ figure }},
    {% endfor -%}
    'quasi-Poisson: ratio on the scale of logarithms, difference on that of rates'
    || case when changes.dispersion > 1 then ', widened for over-dispersion' else '' end as interval_method,
    changes.status,
    case
        when changes.status = 'low' then 'Fewer than 20 events in the baseline: a percentage would say too much.'
        when changes.is_redefined then 'What is counted changed between the two periods, so they are not compared.'
        when changes.status = 'not_applicable' then 'The files do not cover every month of the two periods.'
    end as status_reason,
    changes.label || ': '
    || {{ with_commas('changes.baseline_events') }} || ' events in ' || {{ months_of('baseline') }} || 'the baseline'
    || coalesce(
        ', ' || {{ with_commas('changes.comparison_events') }} || ' in ' || {{ months_of('comparison') }}
        || changes.comparison_label,
        ''
    )
    || '. '
    || case
        when changes.status = 'low' then 'Too few in the baseline to speak of a change.'
        when changes.is_redefined then 'What is counted changed in between, so no change is given.'
        when changes.status = 'not_applicable' then 'The months do not all have figures, so no change is given.'
        when changes.comparison_events = 0 then 'The rate fell from ' || {{ with_commas('changes.baseline_rate') }} || ' to none.'
        else
            'The rate went from ' || {{ with_commas('changes.baseline_rate') }} || ' to '
            || {{ with_commas('changes.comparison_rate') }} || ' ' || changes.unit || ': '
            || case
                when changes.interval_high_percent < 0
                    then 'it fell by between ' || {{ percent_size('-changes.interval_high_percent') }}
                        || ' and ' || {{ percent_size('-changes.interval_low_percent') }} || '.'
                when changes.interval_low_percent > 0 and changes.interval_high_percent > 900
                    then 'it rose, anything from ' || {{ fall_or_rise('changes.interval_low_percent') }}
                        || ' to ' || {{ fall_or_rise('changes.interval_high_percent') }} || '.'
                when changes.interval_low_percent > 0
                    then 'it rose by between ' || {{ percent_size('changes.interval_low_percent') }}
                        || ' and ' || {{ percent_size('changes.interval_high_percent') }} || '.'
                else
                    'we could not tell which way: anything from ' || {{ fall_or_rise('changes.interval_low_percent') }}
                    || ' to ' || {{ fall_or_rise('changes.interval_high_percent') }} || '.'
            end
    end
    || coalesce(' Between the two periods: ' || crossed.what, '') as what_happened
from {{ ref('roll_changes') }} as changes
left join crossed
    on changes.programme_id = crossed.programme_id
    and changes.metric_id = crossed.metric_id
    and changes.comparison = crossed.comparison
