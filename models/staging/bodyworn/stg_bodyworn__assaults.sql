select
    programme_id,
    assault_id,
    assault_date,
    published_area,
    is_with_injury
from {{ landed('bodyworn', 'assaults') }} as assaults
