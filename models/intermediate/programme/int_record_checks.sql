-- What is to be looked at again in the public record, whenever it falls due.
select *
from {{ derived('programme', 'record_checks') }} as record_checks
