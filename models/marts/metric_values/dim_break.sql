-- Days across which figures of a programme may not be compared, and what changed on them.
select
    programme_id,
    metric_id,
    break_date,
    what,
    is_redefined
from {{ ref('int_breaks') }}
