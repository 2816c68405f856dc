-- Open at the end of the month's last day; a request closed on that day is no longer open.
with ages as (
    select
        requests.programme_id,
        requests.area_id,
        months.month_start,
        requests.request_kind,
        requests.received_date <= months.last_day
        and (requests.closed_date is null or requests.closed_date > months.last_day) as is_open,
        {{ dbt.datediff('requests.received_date', 'months.last_day', 'day') }} as days_open
    from {{ ref('int_requests') }} as requests
    inner join {{ ref('int_programme_months') }} as months on requests.programme_id = months.programme_id
),

banded as (
    select
        programme_id,
        area_id,
        month_start,
        request_kind,
        is_open,
        case
            when days_open <= 31 then 'up to 31 days'
            when days_open <= 92 then '32 to 92 days'
            when days_open <= 183 then '93 to 183 days'
            else 'over 183 days'
        end as request_age
    from ages
)

{% for part in ['all', 'request_age', 'request_kind'] -%}
    select
        programme_id,
        area_id,
        month_start as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        count(*) filter (where is_open) as numerator,
        cast(null as bigint) as denominator
    from banded
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
