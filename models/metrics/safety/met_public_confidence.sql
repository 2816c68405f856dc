-- The base is the effective one: as many people in a simple random sample as would give the standard error that the
-- survey states, or all who answered where it states none. Its Wilson interval is then the survey's own.
select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'question_code' as breakdown,
    question_code as breakdown_value,
    positive_share * effective_count as numerator,
    effective_count as denominator
from (
    select
        confidence.*,
        case
            when standard_error > 0 and positive_share > 0 and positive_share < 1
                then positive_share * (1 - positive_share) / (standard_error * standard_error)
            else respondent_count
        end as effective_count
    from {{ ref('int_confidence') }} as confidence
) as surveyed
