-- The areas of every programme, from its programme.yml.
select *
from {{ derived('programme', 'areas') }} as areas
