-- One row per area, survey wave and question, under however many spellings their numbers come.
with confidence as (
    {{ unite('confidence', ['stg_bodyworn__confidence']) }}
)

select
    confidence.programme_id,
    confidence.published_area,
    names.area_id,
    confidence.wave_date,
    confidence.question_code,
    confidence.positive_share,
    confidence.respondent_count,
    confidence.standard_error,
    cast(date_trunc('month', confidence.wave_date) as date) as month_start,
    {{ is_contested('confidence', ['wave_date', 'question_code'], ['positive_share', 'respondent_count']) }} as is_contested
from confidence
left join {{ ref('int_area_names') }} as names
    on confidence.programme_id = names.programme_id and confidence.published_area = names.published_name
{{ one_row_per_area('confidence', ['wave_date', 'question_code']) }}
