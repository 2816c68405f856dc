select *
from {{ derived('evaluation', 'area_comparisons') }} as area_comparisons
