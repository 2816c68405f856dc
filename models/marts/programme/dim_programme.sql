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
    extracted_on
from {{ ref('int_programmes') }}
