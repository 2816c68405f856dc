-- The order of arrival is counted within the programmes of the release, so that it does not depend on what else was loaded.
select
    file_hash,
    programme_id,
    source_name,
    table_name,
    dense_rank() over (order by arrival) as arrival,
    file_name,
    as_of,
    records,
    physical_lines,
    accepted,
    rejected,
    blank,
    duplicates,
    duplicates_kept,
    flagged,
    first_event_date,
    last_event_date,
    contract_version,
    load_status,
    reconciled,
    reason
from {{ derived('ingestion', 'ledger') }} as ledger
