-- Defendants at magistrates' courts by area and quarter. Not completed: those sent to the Crown Court, which decides,
-- and those who failed to appear, whose case goes on.
with outcomes as (
    {{ unite('court_outcomes', ['stg_moj__magistrates_outcomes']) }}
)

select
    outcomes.programme_id,
    outcomes.published_area,
    names.area_id,
    cast(date_trunc('quarter', outcomes.quarter_end) as date) as quarter_start,
    outcomes.offence_group,
    outcomes.court_outcome,
    outcomes.is_convicted,
    outcomes.court_outcome not in ('Committed for trial', 'FTA') as is_completed,
    outcomes.defendant_count
from outcomes
left join {{ ref('int_area_names') }} as names
    on outcomes.programme_id = names.programme_id and outcomes.published_area = names.published_name
