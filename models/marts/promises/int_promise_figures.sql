-- One row per promise that released figures decide: its status, and the figure that was judged. What was to be kept by a
-- day is judged by the last period that ended by then; what came later is judged by the first period that met it. An estimate
-- decides only where its whole interval lies on one side of the target. What must never happen is broken by the first case.
with held as (
    select
        promises.programme_id,
        promises.promise_id,
        promises.rule,
        promises.target,
        promises.promised_for,
        promises.promised_for <= programmes.extracted_on as is_due,
        -- The share of the time from the promise to its day that has passed.
        least(
            1.0, {{ dbt.datediff('promises.made_on', 'programmes.extracted_on', 'day') }}
            / nullif(cast({{ dbt.datediff('promises.made_on', 'promises.promised_for', 'day') }} as double), 0)
        ) as elapsed,
        figures.figure_value,
        figures.figure_numerator,
        figures.figure_denominator,
        figures.figure_low,
        figures.figure_high,
        figures.figure_start,
        figures.figure_end,
        figures.is_estimate,
        case
            when not figures.is_estimate and promises.rule = 'metric_at_least' then figures.figure_value >= promises.target
            when not figures.is_estimate then figures.figure_value <= promises.target
            when promises.rule = 'metric_at_least'
                then figures.figure_value >= promises.target and coalesce(figures.figure_low > promises.target, false)
            else figures.figure_value <= promises.target and coalesce(figures.figure_high < promises.target, false)
        end as is_met,
        case
            when not figures.is_estimate then false
            when figures.figure_low is null or figures.figure_high is null then true
            else promises.target between figures.figure_low and figures.figure_high
        end as is_open,
        promises.rule = 'metric_at_most' and promises.target = 0 and figures.is_of_cases as is_never,
        promises.made_on <= figures.figure_start
        and figures.figure_start <= coalesce(promises.promised_for, figures.figure_start) as is_bound,
        case
            when promises.promised_for is null or figures.figure_end <= promises.promised_for then figures.figure_end
        end as in_time_end
    from {{ ref('int_promises') }} as promises
    inner join {{ ref('int_programmes') }} as programmes on promises.programme_id = programmes.programme_id
    left join {{ ref('int_promise_measures') }} as figures
        on promises.programme_id = figures.programme_id and promises.promise_id = figures.promise_id
    where promises.rule in ('metric_at_least', 'metric_at_most')
),

placed as (
    select
        *,
        row_number() over (
            partition by programme_id, promise_id order by figure_end desc, figure_start asc
        ) as age,
        row_number() over (
            partition by programme_id, promise_id
            order by in_time_end desc nulls last, figure_end desc, figure_start asc
        ) as age_at_due,
        row_number() over (
            partition by programme_id, promise_id
            order by
                case when is_met and in_time_end is null then 0 else 1 end, figure_end asc, figure_start desc
        ) as place_met_later,
        row_number() over (
            partition by programme_id, promise_id
            order by
                case when is_never and is_bound and figure_value > 0 then 0 else 1 end, figure_end asc, figure_start desc
        ) as place_of_case
    from held
),

decided as (
    select
        latest.programme_id,
        latest.promise_id,
        latest.is_never,
        latest.is_met,
        latest.is_open,
        case
            when latest.figure_value is null then 'unknown'
            when first_case.is_never and first_case.is_bound and first_case.figure_value > 0 then 'case'
            when latest.is_due and at_due.in_time_end is null and latest.is_met then 'first_seen_late'
            when latest.is_due and at_due.in_time_end is null and latest.is_open then 'open'
            when latest.is_due and at_due.in_time_end is null then 'missed'
            when latest.is_due and at_due.is_open then 'open_at_due'
            when latest.is_due and at_due.is_met then 'in_time'
            when latest.is_due and latest.is_met then 'later'
            when latest.is_due then 'missed_at_due'
            when latest.is_open then 'open'
            when latest.is_met then 'so_far'
            when
                latest.rule = 'metric_at_least' and not latest.is_estimate
                and latest.figure_value >= latest.target * latest.elapsed
                then 'in_step'
            else 'behind'
        end as finding
    from placed as latest
    inner join placed as at_due
        on latest.programme_id = at_due.programme_id and latest.promise_id = at_due.promise_id and at_due.age_at_due = 1
    inner join placed as first_case
        on latest.programme_id = first_case.programme_id
        and latest.promise_id = first_case.promise_id
        and first_case.place_of_case = 1
    where latest.age = 1
),

judged as (
    select
        decided.*,
        placed.rule,
        placed.figure_value,
        placed.figure_numerator,
        placed.figure_denominator,
        placed.figure_low,
        placed.figure_high,
        placed.figure_start,
        placed.figure_end
    from decided
    inner join placed
        on decided.programme_id = placed.programme_id
        and decided.promise_id = placed.promise_id
        and case
            when decided.finding = 'case' then placed.place_of_case
            when decided.finding = 'later' then placed.place_met_later
            when decided.finding in ('in_time', 'open_at_due', 'missed_at_due') then placed.age_at_due
            else placed.age
        end = 1
)

select
    programme_id,
    promise_id,
    case finding
        when 'unknown' then 'cannot_be_measured'
        when 'case' then 'not_delivered'
        when 'first_seen_late' then 'not_shown_either_way'
        when 'open' then 'not_shown_either_way'
        when 'open_at_due' then 'not_shown_either_way'
        when 'in_time' then 'delivered'
        when 'later' then 'late'
        when 'missed' then 'not_delivered'
        when 'missed_at_due' then 'not_delivered'
        when 'behind' then 'at_risk'
        else 'on_track'
    end as promise_status,
    case finding
        when 'unknown' then 'Not supplied: no released figure measures it.'
        when 'case' then 'Broken by the first case, in this period.'
        when 'first_seen_late' then 'The figure meets the target; none of the time up to the day promised was released.'
        when 'open' then 'The interval of the figure holds the target: neither kept nor broken is shown.'
        when 'open_at_due'
            then 'The interval of the last figure before the day promised holds the target: neither kept nor broken is shown.'
        when 'in_time' then 'The figure of the last period before the day promised meets the target.'
        when 'later' then 'The figure met the target first in this period; it did not by the day promised.'
        when 'missed' then 'The day promised has passed and the figure does not meet the target.'
        when 'missed_at_due' then 'The figure of the last period before the day promised does not meet the target.'
        when 'so_far' then 'The figure meets the target.'
        when 'in_step' then 'The figure keeps step with the time that has passed.'
        else 'The figure is behind the target for the time that has passed.'
    end
    || case
        when finding = 'in_time' and not is_met and not is_open then ' The latest figure no longer meets it.' else ''
    end as promise_reason,
    case
        when is_never then 'From released figures of the whole area: broken by the first case.'
        else
            'From released figures of the whole area: '
            || case rule when 'metric_at_least' then 'at least' else 'at most' end
            || ' the target by the day promised, with the whole interval where the figure is an estimate; before that day,'
            || ' in step with the time passed.'
    end as rule_words,
    figure_value,
    figure_numerator,
    figure_denominator,
    figure_low,
    figure_high,
    figure_start,
    figure_end
from judged
