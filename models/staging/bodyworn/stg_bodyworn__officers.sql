select
    programme_id,
    staff_id,
    published_area,
    officer_role,
    posted_from_date,
    posted_to_date,
    team
from {{ landed('bodyworn', 'officers') }} as officers
