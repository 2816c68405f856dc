-- How far a roll-out was on a day, as somebody stated it.
select *
from {{ derived('programme', 'rollout_totals') }} as rollout_totals
