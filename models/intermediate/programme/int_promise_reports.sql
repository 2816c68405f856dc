-- What each report says of a promise. By its rule: what the report finds; whether the quantity promised is reached, or is not
-- though its day has passed; or whether the first group equipped is the one named first. Plans decide nothing.
with bearing as (
    select
        promises.programme_id,
        promises.promise_id,
        promises.rule,
        promises.target_words,
        promises.promised_for,
        reports.milestone_id,
        reports.finds,
        reports.said_by,
        reports.report_why,
        milestones.milestone_date,
        milestones.milestone,
        milestones.publisher as reported_by,
        milestones.quantity,
        milestones.quantity_unit,
        milestones.equipped_group,
        milestones.planned_or_actual = 'actual' as is_actual,
        case
            when promises.rule = 'record_quantity' and promises.target_unit = milestones.quantity_unit
                then milestones.quantity >= promises.target
        end as is_reached,
        row_number() over (
            partition by promises.programme_id, promises.promise_id
            order by
                case
                    when milestones.planned_or_actual = 'actual' and milestones.equipped_group is not null then 0 else 1
                end,
                milestones.milestone_date,
                milestones.milestone_id
        ) as place_in_order
    from {{ ref('int_record_reports') }} as reports
    inner join {{ ref('int_promises') }} as promises
        on reports.programme_id = promises.programme_id and reports.promise_id = promises.promise_id
    inner join {{ ref('int_milestones') }} as milestones
        on reports.programme_id = milestones.programme_id and reports.milestone_id = milestones.milestone_id
),

reached as (
    select
        programme_id,
        promise_id,
        count(*) as times_reached
    from bearing
    where is_actual and is_reached
    group by all
)

select
    bearing.programme_id,
    bearing.promise_id,
    bearing.milestone_id,
    bearing.milestone_date,
    bearing.milestone,
    bearing.reported_by,
    bearing.quantity,
    bearing.quantity_unit,
    bearing.equipped_group,
    bearing.said_by,
    bearing.report_why,
    case
        when not bearing.is_actual then 'bears'
        when bearing.rule = 'record_quantity' and bearing.is_reached then 'kept'
        when
            bearing.rule = 'record_quantity' and not bearing.is_reached
            and bearing.milestone_date > bearing.promised_for and reached.times_reached is null
            then 'not_kept'
        when bearing.rule = 'record_order' and bearing.place_in_order = 1 and bearing.equipped_group = bearing.target_words
            then 'kept'
        when bearing.rule = 'record_order' and bearing.place_in_order = 1 and bearing.equipped_group is not null then 'not_kept'
        else coalesce(bearing.finds, 'bears')
    end as says
from bearing
left join reached on bearing.programme_id = reached.programme_id and bearing.promise_id = reached.promise_id
