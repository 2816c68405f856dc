-- One row per promise that the published record decides, or that cannot be measured: its status and why. What nobody but
-- the promiser says was done is reported by the promiser; that nothing was found is said only where a dated search says so.
with counted as (
    select
        programme_id,
        promise_id,
        sum(case when says = 'kept' then 1 else 0 end) as kept,
        sum(case when says = 'partly' then 1 else 0 end) as partly,
        sum(case when says = 'not_kept' then 1 else 0 end) as not_kept,
        min(case when says = 'kept' then milestone_date end) as first_kept_on,
        max(case when says = 'kept' and said_by = 'document' then 1 else 0 end) as by_document,
        max(case when says = 'kept' and said_by = 'others' then 1 else 0 end) as by_others
    from {{ ref('int_promise_reports') }}
    group by programme_id, promise_id
),

searched as (
    select
        programme_id,
        promise_id,
        searched_on,
        searched_where
    from {{ ref('int_promise_searches') }}
    qualify row_number() over (
            partition by programme_id, promise_id order by searched_on desc, searched_where asc, query_words asc
        ) = 1
),

decided as (
    select
        promises.programme_id,
        promises.promise_id,
        promises.rule,
        promises.rule_note,
        promises.target_words,
        searched.searched_on,
        searched.searched_where,
        case
            when promises.rule = 'not_measurable' then 'cannot_be_measured'
            when counted.promise_id is null and searched.promise_id is null then 'cannot_be_measured'
            when counted.promise_id is null then 'searched_not_found'
            when counted.kept + counted.partly + counted.not_kept = 0 then 'not_shown_either_way'
            when counted.partly = 0 and counted.kept > 0 and counted.not_kept > 0 then 'not_shown_either_way'
            when counted.partly > 0 then 'partly_delivered'
            when counted.not_kept > 0 then 'not_delivered'
            when counted.first_kept_on > promises.promised_for then 'late'
            when counted.by_document > 0 then 'delivered'
            when counted.by_others > 0 then 'reported_by_others'
            else 'reported_by_promiser'
        end as promise_status,
        counted.kept > 0 and counted.not_kept > 0 and counted.partly = 0 as is_disputed
    from {{ ref('int_promises') }} as promises
    left join counted on promises.programme_id = counted.programme_id and promises.promise_id = counted.promise_id
    left join searched
        on promises.programme_id = searched.programme_id
        and coalesce(promises.part_of, promises.promise_id) = searched.promise_id
    where promises.rule in ('record_quantity', 'record_order', 'record_report', 'not_measurable')
),

-- The report that is named with the status: the first of those that decide, the last of quantities that fall short, or of those
-- that decide nothing.
named as (
    select
        reports.*,
        row_number() over (
            partition by reports.programme_id, reports.promise_id
            order by
                case
                    when decided.promise_status = 'partly_delivered' and reports.says = 'partly' then 0
                    when decided.promise_status = 'not_delivered' and reports.says = 'not_kept' then 0
                    when
                        decided.promise_status in ('late', 'delivered', 'reported_by_others', 'reported_by_promiser')
                        and reports.says = 'kept'
                        then case
                                when decided.promise_status = 'delivered' and reports.said_by <> 'document' then 1
                                when decided.promise_status = 'reported_by_others' and reports.said_by <> 'others' then 1
                                else 0
                            end
                    else 2
                end asc,
                case
                    when decided.promise_status = 'not_shown_either_way' or decided.rule = 'record_quantity'
                        and decided.promise_status = 'not_delivered'
                        then reports.milestone_date
                end desc nulls last,
                reports.milestone_date asc,
                reports.milestone_id asc
        ) as place
    from {{ ref('int_promise_reports') }} as reports
    inner join decided on reports.programme_id = decided.programme_id and reports.promise_id = decided.promise_id
)

select
    decided.programme_id,
    decided.promise_id,
    decided.promise_status,
    case
        when decided.rule = 'not_measurable' then decided.rule_note
        when decided.promise_status = 'cannot_be_measured'
            then 'No report of it is on record, and no search for one.'
        when decided.promise_status = 'searched_not_found'
            then 'No report of it was found. Last searched for on '
                || cast(decided.searched_on as {{ dbt.type_string() }}) || ' in ' || decided.searched_where || '.'
        when decided.is_disputed then 'Two reports disagree on it; both stand here.'
        when decided.promise_status = 'not_shown_either_way' then 'Reports speak of it and none decides it.'
        when decided.promise_status = 'partly_delivered' then 'Kept in part by what was reported.'
        when decided.promise_status = 'not_delivered' and decided.rule = 'record_order'
            then 'Not kept: the first group reported as equipped is ' || named.equipped_group || ', not '
                || decided.target_words || '.'
        when decided.promise_status = 'not_delivered' and decided.rule = 'record_quantity'
            then 'Not kept: fewer were reported after the day promised.'
        when decided.promise_status = 'not_delivered' then 'Not kept by what was reported.'
        when decided.promise_status = 'late' then 'Reported as done after the day promised.'
        when decided.promise_status = 'delivered' then 'What was promised can itself be read.'
        when decided.promise_status = 'reported_by_others' then 'Reported as done by others than the promiser; not audited.'
        else 'Reported as done by the promiser alone; not audited.'
    end
    || case
        when decided.rule = 'not_measurable' then ''
        else coalesce(
                ' ' || named.milestone || ', ' || named.reported_by || ', '
                || cast(named.milestone_date as {{ dbt.type_string() }}) || '.', ''
            ) || coalesce(' ' || decided.rule_note, '')
    end as promise_reason,
    case decided.rule
        when 'record_quantity' then 'From published reports: the quantity promised is reached by the day promised.'
        when 'record_order' then 'From published reports: the group named first is the first one equipped.'
        when 'record_report' then 'From published reports: what they find, by the day promised, and whose word it is.'
        else 'None: it cannot be measured.'
    end as rule_words,
    case when decided.rule = 'record_quantity' then named.quantity end as figure_value,
    cast(null as double) as figure_numerator,
    cast(null as double) as figure_denominator,
    cast(null as double) as figure_low,
    cast(null as double) as figure_high,
    cast(null as date) as figure_start,
    named.milestone_date as figure_end,
    named.milestone_id
from decided
left join named
    on decided.programme_id = named.programme_id
    and decided.promise_id = named.promise_id
    and decided.rule <> 'not_measurable'
    and named.place = 1
