-- Days on which a panel of the public looks at footage.
select *
from {{ derived('programme', 'scrutiny_panels') }} as scrutiny_panels
