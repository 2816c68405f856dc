select *
from {{ derived('evaluation', 'studies') }} as studies
