-- What percentage of a budget each funder bears.
select *
from {{ derived('programme', 'budget_shares') }} as budget_shares
