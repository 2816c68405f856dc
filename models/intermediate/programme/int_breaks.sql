-- Days across which a metric may not be compared.
select
    programme_id,
    metric_id,
    break_date,
    what
from {{ derived('programme', 'breaks') }} as breaks
