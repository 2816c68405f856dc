with latest as (
    select *
    from {{ landed('bodyworn', 'confidence') }} as confidence
    {{ keep_latest('bodyworn', 'confidence') }}
)

select
    programme_id,
    published_area,
    wave_date,
    question_code,
    positive_share,
    respondent_count,
    standard_error
from latest
