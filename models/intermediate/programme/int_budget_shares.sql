-- What percentage of a budget each funder bears.
select
    programme_id,
    budget_id,
    funder,
    share_percent
from {{ derived('programme', 'budget_shares') }} as budget_shares
