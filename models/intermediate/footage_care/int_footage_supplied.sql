-- One row per programme with recordings: which steps in the life of footage its files record at all. A file without a
-- column for reviews says nothing about reviews, and not that there were none.
select
    programme_id,
    count(recording_category) > 0 as has_categories,
    count(deleted_at) > 0 as has_deletions,
    count(reviewed_at) > 0 as has_reviews
from {{ ref('int_recordings') }}
group by all
