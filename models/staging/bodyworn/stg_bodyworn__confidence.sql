select
    programme_id,
    published_area,
    wave_date,
    question_code,
    positive_share,
    respondent_count,
    standard_error
from {{ landed('bodyworn', 'confidence') }} as confidence
