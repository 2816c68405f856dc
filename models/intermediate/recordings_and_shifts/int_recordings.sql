-- One row per recording, at the area of the person whose camera it was; without a known person it stands at "unknown".
with recordings as (
    {{ unite('recordings', [
        ref('stg_bodyworn__recordings'),
        ref('stg_evidence_com__recordings'),
        ref('stg_new_orleans__recordings'),
        ref('stg_seattle__recordings'),
        ref('stg_tjjd__footage')
    ]) }}
)

select
    recordings.programme_id,
    recordings.recording_id,
    recordings.camera_id,
    recordings.staff_id,
    coalesce(postings.area_id, 'unknown') as area_id,
    coalesce(postings.is_in_scope, false) as is_in_scope,
    cast(date_trunc('month', recordings.recorded_from) as date) as month_start,
    {{ milliseconds('recordings.recorded_from') }} as from_ms,
    {{ milliseconds('recordings.recorded_to') }} as to_ms,
    recordings.duration_seconds,
    recordings.recorded_from,
    recordings.recorded_to,
    recordings.triggered_from,
    recordings.triggered_to,
    recordings.uploaded_at,
    recordings.recording_category,
    recordings.is_evidential,
    recordings.is_announced,
    recordings.retain_until_date,
    recordings.categorised_at,
    recordings.reviewed_at,
    recordings.deleted_at,
    recordings.deletion_reason,
    recordings.encounter_id,
    recordings.case_id
from recordings
left join {{ ref('int_staff_postings') }} as postings
    on recordings.programme_id = postings.programme_id
    and recordings.staff_id = postings.staff_id
    and cast(recordings.recorded_from as date) >= postings.counts_from
    and cast(recordings.recorded_from as date) < postings.counts_before
