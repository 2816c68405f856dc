-- Metrics of the release before: their version, and since which release that version was published.
select
    programme_id,
    metric_id,
    metric_version,
    history_since
from {{ derived('history', 'metrics') }} as metrics
