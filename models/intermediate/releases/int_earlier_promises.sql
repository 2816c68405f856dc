-- How promises stood in each earlier release that changed it, as it was published then.
select
    programme_id,
    promise_id,
    release_number,
    promise_status,
    promise_reason
from {{ derived('history', 'promises') }} as promises
