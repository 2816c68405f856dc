-- Metrics of the release before: their version, and since which release that version was published.
select *
from {{ derived('history', 'metrics') }} as metrics
