with latest as (
    select *
    from {{ landed('bodyworn', 'recordings') }} as recordings
    {{ keep_latest('bodyworn', 'recordings') }}
)

select
    programme_id,
    recording_id,
    camera_id,
    staff_id,
    recorded_from,
    recorded_to,
    duration_seconds,
    triggered_from,
    triggered_to,
    uploaded_at,
    recording_category,
    is_evidential,
    is_announced,
    retain_until_date,
    categorised_at,
    reviewed_at,
    deleted_at,
    deletion_reason,
    encounter_id,
    case_id
from latest
