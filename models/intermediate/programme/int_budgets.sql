-- One row per budget: the sum set aside, and its period.
select *
from {{ derived('programme', 'budgets') }} as budgets
