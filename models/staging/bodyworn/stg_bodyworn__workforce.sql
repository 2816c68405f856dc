select
    programme_id,
    published_area,
    month_start,
    officer_headcount
from {{ landed('bodyworn', 'workforce') }} as workforce
