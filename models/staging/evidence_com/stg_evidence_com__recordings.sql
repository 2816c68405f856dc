-- Categories and reasons are words here and codes in the feed; the library's "Uncategorised" is no category.
with latest as (
    select *
    from {{ landed('evidence_com', 'recordings') }} as recordings
    {{ keep_latest('evidence_com', 'recordings') }}
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
from latest
