-- Every release of a programme so far. The last is the one being made: it has no id, which is a hash over the release itself.
-- Where dbt runs outside a run, nothing was landed, and it is the first.
select
    programmes.programme_id,
    coalesce(told.release_number, 1) as release_number,
    told.release_id,
    coalesce(told.release_as_of, programmes.extracted_on) as release_as_of,
    coalesce(told.known_to, programmes.extracted_on) as known_to,
    told.withdrawn_on,
    told.withdrawn_why,
    told.release_id is null as is_this
from {{ ref('int_programmes') }} as programmes
left join {{ derived('history', 'releases') }} as told on programmes.programme_id = told.programme_id
