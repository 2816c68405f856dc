-- What had to be checked again in the public record on the day of the release.
select
    checks.programme_id,
    checks.check_kind,
    checks.promise_or_milestone,
    checks.rival_version,
    checks.falls_due_on,
    checks.check_words
from {{ ref('int_record_checks') }} as checks
inner join {{ ref('int_releases') }} as releases on checks.programme_id = releases.programme_id and releases.is_this
where checks.falls_due_on is null or checks.falls_due_on <= releases.release_as_of
