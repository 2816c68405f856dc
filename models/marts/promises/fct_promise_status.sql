-- The status of each promise, by a rule that reads released figures or the published record; nobody types a status.
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
        figure_low,
        figure_high,
        figure_start,
        figure_end,
        cast(null as {{ dbt.type_string() }}) as milestone_id
    from {{ ref('int_promise_figures') }}
    union all
    select
        programme_id,
        promise_id,
        promise_status,
        promise_reason,
        rule_words,
        figure_value,
        figure_numerator,
        figure_denominator,
        figure_low,
        figure_high,
        figure_start,
        figure_end,
        milestone_id
    from {{ ref('int_promise_records') }}
    union all
    select
        programme_id,
        promise_id,
        promise_status,
        'Reported or shown as kept: ' || cast(parts_kept as {{ dbt.type_string() }}) || ' of its '
        || cast(parts as {{ dbt.type_string() }}) || ' parts. Each part has a status of its own.' as promise_reason,
        'From its parts: it is kept when all of them are, and stands no better than the worst of them.' as rule_words,
        cast(null as double) as figure_value,
        cast(null as double) as figure_numerator,
        cast(null as double) as figure_denominator,
        cast(null as double) as figure_low,
        cast(null as double) as figure_high,
        cast(null as date) as figure_start,
        cast(null as date) as figure_end,
        cast(null as {{ dbt.type_string() }}) as milestone_id
    from {{ ref('int_promise_parts') }}
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
    statuses.figure_low,
    statuses.figure_high,
    statuses.figure_start,
    statuses.figure_end,
    statuses.milestone_id,
    programmes.extracted_on as known_to,
    studies.study,
    case
        when promises.promise_kind <> 'outcome' then null
        when studies.study is not null
            then 'There is an estimate of what cameras did as well as of what happened'
                || coalesce(': ' || studies.words, '.')
        else 'No estimate of what cameras did: no study of this figure with a comparison was evaluated.'
    end as effect_note
from statuses
inner join {{ ref('int_promises') }} as promises
    on statuses.programme_id = promises.programme_id and statuses.promise_id = promises.promise_id
inner join {{ ref('int_programmes') }} as programmes on statuses.programme_id = programmes.programme_id
-- A study says which figure it is of.
left join (
    select
        programme_id,
        metric_id,
        study_id as study,
        words
    from {{ ref('fct_studies') }}
    where estimate is not null and design_class in ('randomised', 'compared')
    qualify row_number() over (partition by programme_id, metric_id order by study_id) = 1
) as studies on statuses.programme_id = studies.programme_id and promises.metric_id = studies.metric_id
