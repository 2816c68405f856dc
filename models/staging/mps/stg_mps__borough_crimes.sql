select
    programme_id,
    cast(substring(month_code, 1, 4) || '-' || substring(month_code, 5, 2) || '-01' as date) as month_start,
    published_area,
    major_category,
    minor_category,
    crime_count
from {{ landed('mps', 'borough_crimes') }} as crimes
