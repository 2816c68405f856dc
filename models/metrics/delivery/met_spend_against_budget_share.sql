-- What was paid since a budget began, by the end of the month or of the budget; a payment counts in every budget whose days
-- hold it.
with started as (
    select
        budgets.programme_id,
        budgets.budget_id,
        budgets.budget_gbp,
        budgets.budget_from,
        least(budgets.budget_to, months.last_day) as budget_to,
        months.month_start
    from {{ ref('int_budgets') }} as budgets
    inner join {{ ref('int_programme_months') }} as months
        on budgets.programme_id = months.programme_id and budgets.budget_from <= months.last_day
),

counted as (
    select
        programme_id,
        month_start,
        budget_id as budget,
        cast(null as {{ dbt.type_string() }}) as funder,
        cast(0 as decimal(28, 6)) as spent_gbp,
        budget_gbp,
        cast(0 as decimal(28, 6)) as funder_budget_gbp
    from started
    union all
    select
        started.programme_id,
        started.month_start,
        started.budget_id as budget,
        shares.funder,
        cast(0 as decimal(28, 6)) as spent_gbp,
        cast(0 as decimal(28, 6)) as budget_gbp,
        started.budget_gbp * cast(shares.share_percent as decimal(9, 6)) / 100 as funder_budget_gbp
    from started
    inner join {{ ref('int_budget_shares') }} as shares
        on started.programme_id = shares.programme_id and started.budget_id = shares.budget_id
    union all
    select
        started.programme_id,
        started.month_start,
        started.budget_id as budget,
        spend.funder,
        spend.amount_gbp as spent_gbp,
        cast(0 as decimal(28, 6)) as budget_gbp,
        cast(0 as decimal(28, 6)) as funder_budget_gbp
    from started
    inner join {{ ref('int_spend') }} as spend
        on started.programme_id = spend.programme_id
        and spend.paid_date between started.budget_from and started.budget_to
),

supplied as (
    select distinct programme_id
    from {{ ref('int_spend') }}
)

{% for part in ['all', 'budget', 'funder'] -%}
    select
        counted.programme_id,
        roots.area_id,
        counted.month_start as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        sum(counted.spent_gbp) as numerator,
        sum(counted.{{ 'funder_budget_gbp' if part == 'funder' else 'budget_gbp' }}) as denominator
    from counted
    inner join supplied on counted.programme_id = supplied.programme_id
    inner join {{ ref('int_areas') }} as roots on counted.programme_id = roots.programme_id and roots.sort_order = 0
    {{ 'where counted.funder is not null' if part == 'funder' }}
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
