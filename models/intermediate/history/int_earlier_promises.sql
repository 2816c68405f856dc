-- One row per promise and earlier release that changed its status, as published then.
select *
from {{ derived('history', 'promises') }} as promises
