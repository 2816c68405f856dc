-- Figures of other programmes that are shown beside a promise, with the reason why they do not decide it.
select *
from {{ derived('programme', 'promise_context') }} as promise_context
