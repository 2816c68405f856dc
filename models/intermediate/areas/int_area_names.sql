-- Every spelling under which a publisher names an area: its id, its name and its aliases.
select *
from {{ derived('programme', 'area_names') }} as area_names
