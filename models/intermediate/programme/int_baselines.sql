-- What each metric is compared with, as declared before anyone looked.
select *
from {{ derived('programme', 'baselines') }} as baselines
