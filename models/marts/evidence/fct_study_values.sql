select *
from {{ derived('evaluation', 'study_values') }} as study_values
