-- The published report that decides a promise, where there is one: the first that reaches the quantity promised, else the
-- latest quantity reported; the first that names an equipped group; or the first that speaks of the promise itself.
with bearing as (
    select
        promises.programme_id,
        promises.promise_id,
        reports.milestone_id,
        reports.milestone_date,
        reports.milestone,
        reports.publisher as reported_by,
        reports.quantity,
        reports.equipped_group,
        promises.rule = 'record_quantity' and reports.quantity >= promises.target as is_reached,
        promises.rule = 'record_quantity' and reports.quantity < promises.target as is_short
    from {{ ref('int_promises') }} as promises
    inner join {{ ref('int_milestones') }} as reports
        on promises.programme_id = reports.programme_id
        and (
            promises.rule = 'record_quantity' and promises.target_unit = reports.quantity_unit
            or promises.rule = 'record_order' and reports.equipped_group is not null
            or promises.rule = 'record_report' and promises.promise_id = reports.reports_on
        )
    where reports.planned_or_actual = 'actual'
)

select
    programme_id,
    promise_id,
    milestone_id,
    milestone_date,
    milestone,
    reported_by,
    quantity,
    equipped_group,
    is_reached
from bearing
qualify row_number() over (
        partition by programme_id, promise_id
        order by
            case when is_reached then 0 else 1 end asc,
            case when is_short then milestone_date end desc nulls last,
            milestone_date asc,
            milestone_id asc
    ) = 1
