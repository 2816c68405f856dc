select *
from {{ derived('evaluation', 'study_points') }} as study_points
