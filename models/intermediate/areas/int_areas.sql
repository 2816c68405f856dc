-- The areas of every programme, from its programme.yml.
select
    programme_id,
    area_id,
    area_name,
    area_kind,
    parent_area_id,
    valid_from,
    valid_to,
    area_depth,
    sort_order
from {{ derived('programme', 'areas') }} as areas
