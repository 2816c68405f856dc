select
    programme_id,
    payment_id,
    paid_date,
    amount_gbp,
    spend_scope,
    funder
from {{ landed('bodyworn', 'spend') }} as spend
