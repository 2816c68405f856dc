-- Every area with each area that contains it, itself included.
select
    programme_id,
    area_id,
    ancestor_area_id,
    steps
from {{ derived('programme', 'area_paths') }} as area_paths
