-- One row per version of a promise, as recorded with the programme.
select *
from {{ derived('programme', 'promises') }} as promises
