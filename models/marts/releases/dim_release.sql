select
    programme_id,
    release_number,
    release_id,
    release_as_of,
    known_to
from {{ ref('int_releases') }}
