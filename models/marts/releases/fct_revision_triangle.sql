select
    programme_id,
    metric_id,
    age_months,
    months_judged,
    counted_then,
    counted_now,
    share_of_latest_percent,
    revision_percent
from {{ ref('roll_revision_triangle') }}
