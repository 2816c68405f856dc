-- The count of each month as released at each age, against its count now. A month counts at an age once a release at least
-- `revision_followed_months` later, and past the metric's grace period, has seen it again. A release that was withdrawn was
-- wrong and says nothing of how months change: it is left out.
with held as (
    select
        programme_id,
        metric_id,
        period_start,
        period_end,
        release_number,
        counted,
        lead(release_number) over (partition by programme_id, metric_id, period_start order by release_number) as replaced_in
    from {{ ref('roll_vintages') }}
),

seen as (
    select
        held.programme_id,
        held.metric_id,
        held.period_start,
        held.counted,
        releases.release_number,
        releases.is_this,
        {{ age_months('held.period_end', 'releases.known_to') }} as age_months
    from held
    inner join {{ ref('int_releases') }} as releases
        on held.programme_id = releases.programme_id
        and held.release_number <= releases.release_number
        and coalesce(held.replaced_in, releases.release_number + 1) > releases.release_number
        and releases.withdrawn_on is null
),

-- Of several releases at one age, the first.
placed as (
    select
        seen.*,
        row_number() over (partition by programme_id, metric_id, period_start, age_months order by release_number) as place
    from seen
),

judged as (
    select
        placed.programme_id,
        placed.metric_id,
        placed.age_months,
        cast(placed.counted as decimal(28, 6)) as counted_then,
        cast(latest.counted as decimal(28, 6)) as counted_now
    from placed
    inner join seen as latest
        on placed.programme_id = latest.programme_id
        and placed.metric_id = latest.metric_id
        and placed.period_start = latest.period_start
        and latest.is_this
    inner join {{ ref('roll_metric_definitions') }} as metrics on placed.metric_id = metrics.metric_id
    where
        placed.place = 1
        and placed.counted is not null
        and latest.counted is not null
        and latest.age_months >= placed.age_months + {{ var('revision_followed_months') }}
        and latest.age_months >= coalesce(metrics.grace_days, 0) / 30.0
),

added as (
    select
        programme_id,
        metric_id,
        age_months,
        count(*) as months_judged,
        cast(sum(counted_then) as double) as counted_then,
        cast(sum(counted_now) as double) as counted_now,
        cast(sum(abs(counted_now - counted_then)) as double) as counted_otherwise,
        cast(sum(abs(counted_now)) as double) as amount_now
    from judged
    group by all
)

select
    programme_id,
    metric_id,
    age_months,
    months_judged,
    counted_then,
    counted_now,
    100 * counted_then / nullif(counted_now, 0) as share_of_latest_percent,
    case
        when counted_otherwise = 0 then 0.0
        when amount_now = 0 then 100.0
        else 100 * counted_otherwise / amount_now
    end as revision_percent
from added
