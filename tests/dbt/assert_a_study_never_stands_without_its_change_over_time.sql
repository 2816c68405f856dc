-- Every estimate, and a randomised one above all, has a change over time or the reason why there is none. A row is an
-- estimate or a refusal, never both and never neither. Nothing confirms without saying when it was registered.
select study_id
from {{ ref('fct_studies') }}
where
    (refusal_reason is null and before_after_words is null)
    or (refusal_reason is null) = (words is null)
    or (study_status = 'confirmatory' and study_status_reason not like 'registered unchanged on %')
