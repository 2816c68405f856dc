-- Where an outcome was counted before the cameras too, the change over time is printed with the randomised contrast, and a
-- change over time never stands without it.
select
    programme_id,
    study,
    outcome
from {{ ref('fct_estimates') }}
group by programme_id, study, outcome
having count(*) filter (where is_randomised) <> 1
