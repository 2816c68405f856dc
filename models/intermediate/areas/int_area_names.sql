-- Every spelling under which a publisher names an area: its id, its name and its aliases.
select
    programme_id,
    published_name,
    area_id
from {{ derived('programme', 'area_names') }} as area_names
