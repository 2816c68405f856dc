-- Share of the complaints about an incident that are logged within a number of days, from the programme's own lags. Recent
-- incidents show only short lags, so the share is the product, over every longer lag, of one minus the complaints with that
-- lag among those that were watched for as long and had that lag or a shorter one (the estimator for right-truncated times
-- of Lagakos, Barraj and De Gruttola, 1988; insurers know it as the chain ladder). It knows of no lag longer than the
-- records reach, and is never taken for less than 1 in 100.
with by_day as (
    select
        programme_id,
        lag_days as days,
        count(*) as lag_count,
        0 as seen_count
    from {{ ref('int_complaints_by_incident') }}
    group by all
    union all
    select
        programme_id,
        seen_days as days,
        0 as lag_count,
        count(*) as seen_count
    from {{ ref('int_complaints_by_incident') }}
    group by all
),

days as (
    select
        programme_id,
        days,
        cast(sum(lag_count) as bigint) as lag_count,
        cast(sum(seen_count) as bigint) as seen_count
    from by_day
    group by all
),

at_risk as (
    select
        days.*,
        sum(lag_count) over (partition by programme_id order by days)
        - sum(seen_count) over (partition by programme_id order by days) + seen_count as risk_count
    from days
),

thinned as (
    select
        at_risk.*,
        case
            when lag_count = 0 then cast(0 as decimal(28, 12))
            when lag_count = risk_count then cast(-100 as decimal(28, 12))
            else cast(ln(1 - cast(lag_count as double) / risk_count) as decimal(28, 12))
        end as log_kept
    from at_risk
)

select
    programme_id,
    days,
    lag_count,
    risk_count,
    cast(greatest(0.01, exp(cast(
        sum(log_kept) over (partition by programme_id order by days desc) - log_kept as double
    ))) as decimal(18, 9)) as logged_share
from thinned
