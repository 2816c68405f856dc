-- Days across which a metric may not be compared, and whether it means something else from that day on.
select *
from {{ derived('programme', 'breaks') }} as breaks
