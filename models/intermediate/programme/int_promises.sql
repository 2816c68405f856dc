-- One row per version of a promise, as recorded beside the programme.
select *
from {{ derived('programme', 'promises') }} as promises
