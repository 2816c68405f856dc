-- One row per promise that released figures decide: where it stands by the latest period, and by the latest that ended by the
-- day promised.
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
        case promises.rule
            when 'metric_at_least' then figures.figure_value >= promises.target
            else figures.figure_value <= promises.target
        end as is_met,
        row_number() over (
            partition by promises.programme_id, promises.promise_id
            order by figures.figure_end desc, figures.figure_start asc
        ) as age,
        row_number() over (
            partition by promises.programme_id, promises.promise_id
            order by
                case when figures.figure_end <= promises.promised_for then 0 else 1 end,
                figures.figure_end desc,
                figures.figure_start asc
        ) as age_at_due
    from {{ ref('int_promises') }} as promises
    inner join {{ ref('int_programmes') }} as programmes on promises.programme_id = programmes.programme_id
    left join {{ ref('int_promise_measures') }} as figures
        on promises.programme_id = figures.programme_id and promises.promise_id = figures.promise_id
    where promises.rule in ('metric_at_least', 'metric_at_most')
),

decided as (
    select
        latest.*,
        coalesce(at_due.is_met and at_due.figure_end <= at_due.promised_for, false) as was_met_in_time,
        case
            when latest.rule = 'metric_at_least' then latest.figure_value >= latest.target * latest.elapsed
            else latest.is_met
        end as is_in_step
    from held as latest
    inner join held as at_due
        on latest.programme_id = at_due.programme_id and latest.promise_id = at_due.promise_id and at_due.age_at_due = 1
    where latest.age = 1
)

select
    programme_id,
    promise_id,
    case
        when figure_value is null then 'cannot_be_measured'
        when is_due and was_met_in_time then 'delivered'
        when is_due and is_met then 'late'
        when is_due then 'not_delivered'
        when is_met or is_in_step then 'on_track'
        else 'at_risk'
    end as promise_status,
    case
        when figure_value is null then 'Not supplied: no released figure measures it.'
        when is_due and was_met_in_time then 'The figure of the last period before the day promised meets the target.'
        when is_due and is_met then 'The figure meets the target now; it did not by the day promised.'
        when is_due then 'The day promised has passed and the figure does not meet the target.'
        when is_met then 'The figure meets the target.'
        when is_in_step then 'The figure keeps step with the time that has passed.'
        else 'The figure is behind the target for the time that has passed.'
    end as promise_reason,
    'From released figures of the whole area: '
    || case rule when 'metric_at_least' then 'at least' else 'at most' end
    || ' the target by the day promised; before that day, in step with the time passed.' as rule_words,
    figure_value,
    figure_numerator,
    figure_denominator,
    figure_low,
    figure_high,
    figure_start,
    figure_end
from decided
