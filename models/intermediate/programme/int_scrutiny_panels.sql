-- Days on which a panel of the public looks at footage.
select
    programme_id,
    panel_date
from {{ derived('programme', 'scrutiny_panels') }} as scrutiny_panels
