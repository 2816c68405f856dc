select *
from {{ derived('evaluation', 'estimates') }} as estimates
