-- A total that was stated lies between the areas that surely and those that possibly had cameras by then.
select
    programme_id,
    total_on
from {{ ref('fct_rollout_totals') }}
where areas_with_cameras not between areas_surely and areas_possibly
