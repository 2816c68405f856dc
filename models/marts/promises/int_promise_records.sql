-- One row per promise that the published record decides, or that cannot be measured: where it stands and why.
select
    promises.programme_id,
    promises.promise_id,
    case
        when promises.rule = 'not_measurable' or reports.milestone_id is null then 'cannot_be_measured'
        when promises.rule = 'record_order'
            then case when reports.equipped_group = promises.target_words then 'delivered' else 'not_delivered' end
        when promises.rule = 'record_quantity' and not reports.is_reached
            then case
                    when reports.milestone_date > promises.promised_for then 'not_delivered' else 'cannot_be_measured'
                end
        when reports.milestone_date > promises.promised_for then 'late'
        else 'delivered'
    end as promise_status,
    case
        when promises.rule = 'not_measurable' then promises.rule_note
        when reports.milestone_id is null then 'Not published: no report of it was found.'
        when promises.rule = 'record_order' and reports.equipped_group = promises.target_words
            then 'The first group reported as equipped is the one named first.'
        when promises.rule = 'record_order'
            then 'Not kept: the first group reported as equipped is ' || reports.equipped_group || ', not '
                || promises.target_words || '.'
        when
            promises.rule = 'record_quantity' and reports.is_reached
            then 'The quantity was reported'
                || case when reports.milestone_date > promises.promised_for then ' after the day promised.' else '.' end
        when promises.rule = 'record_quantity' and reports.milestone_date > promises.promised_for
            then 'Not kept: fewer were reported after the day promised.'
        when promises.rule = 'record_quantity'
            then 'Not published: the last report is from before the day promised and falls short.'
        when reports.milestone_date < promises.promised_for then 'Reported as done before the day promised.'
        else 'Reported as done.'
    end
    || coalesce(
        ' ' || reports.milestone
        || coalesce(' (' || cast(cast(reports.quantity as bigint) as {{ dbt.type_string() }}) || ')', '')
        || ', ' || reports.reported_by || ', '
        || cast(reports.milestone_date as {{ dbt.type_string() }}) || '.', ''
    )
    || case when promises.rule = 'not_measurable' then '' else coalesce(' ' || promises.rule_note, '') end as promise_reason,
    case promises.rule
        when 'record_quantity' then 'From published reports: the quantity promised is reached by the day promised.'
        when 'record_order' then 'From published reports: the group named first is the first one equipped.'
        when 'record_report' then 'From published reports: one says it was done, and when.'
        else 'None: it cannot be measured.'
    end as rule_words,
    reports.quantity as figure_value,
    cast(null as double) as figure_numerator,
    cast(null as double) as figure_denominator,
    cast(null as double) as figure_low,
    cast(null as double) as figure_high,
    cast(null as date) as figure_start,
    reports.milestone_date as figure_end,
    reports.milestone_id
from {{ ref('int_promises') }} as promises
left join {{ ref('int_promise_reports') }} as reports
    on promises.programme_id = reports.programme_id and promises.promise_id = reports.promise_id
where promises.rule in ('record_quantity', 'record_order', 'record_report', 'not_measurable')
