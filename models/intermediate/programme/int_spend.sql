-- One row per payment, at the root of the programme's areas: payments are made for the whole of a programme.
with spend as (
    {{ unite('spend', ['stg_bodyworn__spend']) }}
),

roots as (
    select
        programme_id,
        area_id
    from {{ ref('int_areas') }}
    where parent_area_id is null
    qualify row_number() over (partition by programme_id order by sort_order) = 1
)

select
    spend.programme_id,
    spend.payment_id,
    roots.area_id,
    spend.paid_date,
    spend.amount_gbp,
    spend.spend_scope,
    spend.funder,
    cast(date_trunc('month', spend.paid_date) as date) as month_start
from spend
left join roots on spend.programme_id = roots.programme_id
