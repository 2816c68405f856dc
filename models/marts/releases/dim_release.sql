select
    programme_id,
    release_number,
    release_id,
    release_as_of,
    known_to,
    withdrawn_on,
    withdrawn_why
from {{ ref('int_releases') }}
