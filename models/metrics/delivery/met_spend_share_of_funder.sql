-- What each funder of a joint budget paid of all that was paid from it by the end of the month. A budget that nobody shares is
-- in none.
with paid as (
    select
        spend.programme_id,
        months.month_start,
        spend.funder,
        spend.amount_gbp
    from {{ ref('int_budgets') }} as budgets
    inner join {{ ref('int_programme_months') }} as months
        on budgets.programme_id = months.programme_id and budgets.budget_from <= months.last_day
    inner join {{ ref('int_spend') }} as spend
        on budgets.programme_id = spend.programme_id
        and spend.paid_date between budgets.budget_from and least(budgets.budget_to, months.last_day)
    where
        exists (
            select 1
            from {{ ref('int_budget_shares') }} as shares
            where budgets.programme_id = shares.programme_id and budgets.budget_id = shares.budget_id
        )
),

funders as (
    select distinct
        programme_id,
        funder
    from {{ ref('int_budget_shares') }}
    union distinct
    select distinct
        programme_id,
        funder
    from paid
)

select
    paid.programme_id,
    roots.area_id,
    paid.month_start as period_start,
    'month' as period_grain,
    'funder' as breakdown,
    coalesce(funders.funder, 'not stated') as breakdown_value,
    sum(case when funders.funder is not distinct from paid.funder then paid.amount_gbp else 0 end) as numerator,
    sum(paid.amount_gbp) as denominator
from paid
inner join funders on paid.programme_id = funders.programme_id
inner join {{ ref('int_areas') }} as roots on paid.programme_id = roots.programme_id and roots.sort_order = 0
group by all
