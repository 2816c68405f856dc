-- Every area needs its own sample: extra reviews in one area do not make up for missing ones in another.
with by_month as (
    select
        programme_id,
        area_id,
        month_start,
        count(*) filter (where is_reviewed) as reviewed_count,
        {{ sufficient_sample('count(*)') }} as required_count
    from {{ ref('int_recording_care') }}
    where has_reviews
    group by all
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    least(reviewed_count, required_count) as numerator,
    required_count as denominator
from by_month
