-- What each report finds of a promise, as the register has it.
select *
from {{ derived('programme', 'reports') }} as reports
