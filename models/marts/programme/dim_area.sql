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
from {{ ref('int_areas') }}
