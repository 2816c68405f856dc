-- Every area with each area that contained it and the days on which it did; int_area_paths is how it stands at the end.
select *
from {{ derived('programme', 'area_histories') }} as area_histories
