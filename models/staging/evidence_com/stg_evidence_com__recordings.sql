-- Categories and reasons are words here and codes in the feed; the library's "Uncategorised" is no category.
select
    programme_id,
    recording_id,
    camera_id,
    staff_id,
    recorded_from,
    recorded_to,
    duration_seconds,
    triggered_from,
    cast(null as timestamp) as triggered_to,
    uploaded_at,
    case
        when recording_category <> 'Uncategorised' then lower(replace(recording_category, ' ', '_'))
    end as recording_category,
    is_evidential,
    is_announced,
    retain_until_date,
    categorised_at,
    reviewed_at,
    deleted_at,
    lower(replace(deletion_reason, ' ', '_')) as deletion_reason,
    encounter_id,
    case_id
from {{ landed('evidence_com', 'recordings') }} as recordings
