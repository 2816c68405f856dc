-- Days across which a metric may not be compared, and whether it means something else from that day on.
select
    programme_id,
    metric_id,
    break_date,
    what,
    is_redefined
from {{ derived('programme', 'breaks') }} as breaks
