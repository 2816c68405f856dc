-- Figures of other programmes that are shown beside a promise. No rule of a status reads this table.
select
    programme_id,
    promise_id,
    shown_programme_id,
    shown_area_id,
    shown_metric_id,
    context_why
from {{ ref('int_promise_context') }}
