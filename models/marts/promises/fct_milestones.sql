-- What was planned and what was reported of a programme, by day.
select
    milestones.programme_id,
    milestones.milestone_id,
    milestones.milestone_date,
    milestones.date_precision,
    milestones.milestone,
    milestones.planned_or_actual,
    milestones.quantity,
    milestones.quantity_unit,
    milestones.publisher,
    milestones.source_url,
    milestones.source_title,
    milestones.published_on,
    milestones.support,
    milestones.retrieved_on,
    milestones.milestone_note,
    programmes.is_synthetic
from {{ ref('int_milestones') }} as milestones
inner join {{ ref('int_programmes') }} as programmes on milestones.programme_id = programmes.programme_id
