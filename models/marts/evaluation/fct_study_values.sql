select
    study_id,
    value_order,
    value_name,
    value_number,
    value_text
from {{ derived('evaluation', 'study_values') }} as study_values
