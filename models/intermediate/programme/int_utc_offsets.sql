-- Spans of local time of every programme with their offset from UTC, from the time zone in its programme.yml.
select *
from {{ derived('programme', 'utc_offsets') }} as utc_offsets
