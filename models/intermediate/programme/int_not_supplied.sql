-- Metrics that readers will look for and that the files of the programme cannot give.
select
    programme_id,
    metric_id,
    reason
from {{ derived('programme', 'not_supplied') }} as not_supplied
