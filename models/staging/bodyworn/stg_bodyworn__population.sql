select
    programme_id,
    published_area,
    month_start,
    resident_count
from {{ landed('bodyworn', 'population') }} as population
