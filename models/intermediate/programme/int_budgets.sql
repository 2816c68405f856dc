-- Money set aside, by budget.
select
    programme_id,
    budget_id,
    budget_gbp,
    budget_from,
    budget_to
from {{ derived('programme', 'budgets') }} as budgets
