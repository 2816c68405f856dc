-- What has to be checked again in the public record, whenever it falls due.
select *
from {{ derived('programme', 'record_checks') }} as record_checks
