-- What each report says of a promise, and whose word it is.
select
    programme_id,
    promise_id,
    milestone_id,
    says,
    said_by,
    report_why
from {{ ref('int_promise_reports') }}
