-- Every release of a programme so far. The last is the one being made: it has no id, which is a hash over the release itself.
-- Where dbt runs outside a run, no history was loaded, and the release is the first.
select
    programmes.programme_id,
    coalesce(earlier.release_number, 1) as release_number,
    earlier.release_id,
    coalesce(earlier.release_as_of, programmes.extracted_on) as release_as_of,
    coalesce(earlier.known_to, programmes.extracted_on) as known_to,
    earlier.withdrawn_on,
    earlier.withdrawn_why,
    earlier.release_id is null as is_this
from {{ ref('int_programmes') }} as programmes
left join {{ derived('history', 'releases') }} as earlier on programmes.programme_id = earlier.programme_id
