with latest as (
    select *
    from {{ landed('bodyworn', 'spend') }} as spend
    {{ keep_latest('bodyworn', 'spend') }}
)

select
    programme_id,
    payment_id,
    paid_date,
    amount_gbp,
    spend_scope,
    funder
from latest
