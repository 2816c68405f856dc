select
    programme_id,
    metric_id
from {{ ref('fct_metrics') }}
group by programme_id, metric_id
having count(*) filter (where status = 'not_supplied') > 0 and count(*) filter (where status <> 'not_supplied') > 0
