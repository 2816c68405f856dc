-- One row per programme; figures before data_from or after data_to are not shown.
select *
from {{ derived('programme', 'programmes') }} as programmes
