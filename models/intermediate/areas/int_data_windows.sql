-- The first and last day whose figures a programme shows.
select
    programme_id,
    data_from,
    data_to
from {{ derived('programme', 'programmes') }} as programmes
