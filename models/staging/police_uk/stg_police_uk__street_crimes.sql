select
    programme_id,
    crime_hash,
    cast(month_text || '-01' as date) as month_start,
    published_area,
    crime_type,
    last_outcome
from {{ landed('police_uk', 'street_crimes') }} as crimes
