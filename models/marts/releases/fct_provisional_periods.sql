-- The rule by which a metric's periods are provisional, and the release since which its figures can be compared.
with withdrawn as (
    select
        earlier.programme_id,
        earlier.metric_id,
        earlier.metric_version,
        count(*) as withdrawn_count
    from {{ ref('int_earlier_metrics') }} as earlier
    inner join {{ ref('int_releases') }} as releases
        on earlier.programme_id = releases.programme_id
        and earlier.history_since <= releases.release_number
        and releases.withdrawn_on is not null
    group by all
)

select
    rules.programme_id,
    rules.metric_id,
    metrics.version as metric_version,
    coalesce(earlier.history_since, releases.release_number) as history_since,
    case
        when earlier.history_since is not null or releases.release_number = 1
            then 'What was first published goes back to release ' || coalesce(earlier.history_since, 1) || '.'
        when other.metric_version is not null
            then 'The definition changed from version ' || other.metric_version || ' to version ' || metrics.version
                || ': what was published before is not compared.'
        else 'First published in release ' || releases.release_number || '.'
    end
    || case
        when withdrawn.withdrawn_count is null then ''
        else ' Withdrawn since, and not counted in how figures settle: ' || withdrawn.withdrawn_count || ' of these releases.'
    end as history_words,
    metrics.grace_days,
    rules.provisional_months,
    rules.provisional_basis,
    case rules.provisional_basis
        when 'observed'
            then 'Observed in earlier releases: from ' || rules.provisional_months || ' months of age on, months changed by less'
                || ' than {{ var("revision_threshold_percent") }}%, so younger periods are provisional.'
        when 'not_settled'
            then 'Observed in earlier releases: months changed by {{ var("revision_threshold_percent") }}% or more up to the'
                || ' greatest age seen, so periods under ' || rules.provisional_months
                || ' months and within the declared grace period of ' || coalesce(metrics.grace_days, 0)
                || ' days are provisional.'
        else 'Declared: periods are provisional for ' || coalesce(metrics.grace_days, 0)
            || ' days, because too few releases have shown how figures of this metric change.'
    end as provisional_words
from {{ ref('roll_provisional_months') }} as rules
inner join {{ ref('roll_metric_definitions') }} as metrics on rules.metric_id = metrics.metric_id
inner join {{ ref('int_releases') }} as releases on rules.programme_id = releases.programme_id and releases.is_this
left join {{ ref('int_earlier_metrics') }} as earlier
    on rules.programme_id = earlier.programme_id
    and rules.metric_id = earlier.metric_id
    and metrics.version = earlier.metric_version
left join withdrawn
    on earlier.programme_id = withdrawn.programme_id
    and earlier.metric_id = withdrawn.metric_id
    and earlier.metric_version = withdrawn.metric_version
left join {{ ref('int_earlier_metrics') }} as other
    on rules.programme_id = other.programme_id
    and rules.metric_id = other.metric_id
    and metrics.version <> other.metric_version
