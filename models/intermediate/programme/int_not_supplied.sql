-- Metrics that readers will look for and that the files of the programme cannot give.
select *
from {{ derived('programme', 'not_supplied') }} as not_supplied
