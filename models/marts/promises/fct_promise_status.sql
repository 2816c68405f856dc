-- Where each promise stands, by a rule that reads released figures or the published record; nobody types a status.
with statuses as (
    select
        programme_id,
        promise_id,
        promise_status,
        promise_reason,
        rule_words,
        figure_value,
        figure_numerator,
        figure_denominator,
        figure_start,
        figure_end,
        cast(null as {{ dbt.type_string() }}) as milestone_id
    from {{ ref('fct_promise_figures') }}
    union all
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
        cast(null as date) as figure_start,
        reports.milestone_date as figure_end,
        reports.milestone_id
    from {{ ref('int_promises') }} as promises
    left join {{ ref('int_promise_reports') }} as reports
        on promises.programme_id = reports.programme_id and promises.promise_id = reports.promise_id
    where promises.rule in ('record_quantity', 'record_order', 'record_report', 'not_measurable')
)

select
    statuses.programme_id,
    statuses.promise_id,
    statuses.promise_status,
    statuses.promise_reason,
    statuses.rule_words,
    promises.metric_id,
    statuses.figure_value,
    statuses.figure_numerator,
    statuses.figure_denominator,
    statuses.figure_start,
    statuses.figure_end,
    statuses.milestone_id,
    case
        when promises.promise_kind <> 'outcome' then null
        when estimates.programme_id is not null then 'An estimate of what cameras did stands beside what happened.'
        else 'No estimate of what cameras did: this programme has no registered study with a comparison.'
    end as effect_note
from statuses
inner join {{ ref('int_promises') }} as promises
    on statuses.programme_id = promises.programme_id and statuses.promise_id = promises.promise_id
left join (
    select distinct programme_id
    from {{ ref('fct_estimates') }}
) as estimates on statuses.programme_id = estimates.programme_id
