-- One row per programme; figures before data_from or after data_to are not shown.
select
    programme_id,
    programme_name,
    country,
    is_synthetic,
    is_open_data,
    summary,
    limits,
    time_zone,
    data_from,
    data_to,
    extracted_on,
    retention_days,
    pre_event_buffer_seconds,
    match_tolerance_seconds
from {{ derived('programme', 'programmes') }} as programmes
