-- Every area with each area that contains it, itself included.
select *
from {{ derived('programme', 'area_paths') }} as area_paths
