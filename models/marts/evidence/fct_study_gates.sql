select *
from {{ derived('evaluation', 'study_gates') }} as study_gates
