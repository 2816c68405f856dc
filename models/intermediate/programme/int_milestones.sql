-- What was planned and what was reported, by day.
select
    programme_id,
    milestone_id,
    milestone_date,
    date_precision,
    milestone,
    planned_or_actual,
    quantity,
    quantity_unit,
    publisher,
    source_url,
    equipped_group,
    reports_on
from {{ derived('programme', 'milestones') }} as milestones
