-- What was planned and what was reported, by day.
select *
from {{ derived('programme', 'milestones') }} as milestones
