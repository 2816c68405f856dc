select
    file_hash,
    programme_id,
    source_name,
    table_name,
    column_name,
    reason,
    rejected_count
from {{ derived('ingestion', 'rejects') }} as rejects
