select
    programme_id,
    area_id,
    period_start,
    period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    p95_hours as numerator,
    recording_count as denominator
from {{ ref('int_upload_delays') }}
