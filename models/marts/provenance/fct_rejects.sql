select *
from {{ derived('ingestion', 'rejects') }} as rejects
