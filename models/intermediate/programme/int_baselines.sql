-- What each metric is compared with, as declared before anyone looked.
select
    programme_id,
    metric_id,
    comparison,
    comparison_label,
    baseline_start,
    baseline_end,
    comparison_start,
    comparison_end,
    why
from {{ derived('programme', 'baselines') }} as baselines
