-- Searches for reports on a promise: when, where and with which words, and what they found.
select *
from {{ derived('programme', 'searches') }} as searches
