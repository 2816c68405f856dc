-- Searches for reports on a promise, as the register has them.
select
    programme_id,
    promise_id,
    searched_on,
    searched_where,
    query_words,
    is_found,
    search_note
from {{ ref('int_promise_searches') }}
