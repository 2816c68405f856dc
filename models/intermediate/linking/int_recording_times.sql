-- One row per recording with the times that links are judged by, in milliseconds: footage from its first frame to its last,
-- and filmed from the moment the camera was switched on, which a buffer of silent footage precedes. Where no such moment is
-- given it is the first frame and the buffer of the programme's cameras. A start at midnight sharp is a day without a time.
with timed as (
    select
        recordings.programme_id,
        recordings.recording_id,
        recordings.staff_id,
        recordings.camera_id,
        recordings.encounter_id,
        recordings.is_announced,
        recordings.month_start,
        cast(recordings.recorded_from as date) as recorded_date,
        recordings.from_ms,
        greatest(recordings.from_ms, coalesce(recordings.to_ms, recordings.from_ms + recordings.duration_seconds * 1000))
            as to_ms,
        coalesce(
            {{ milliseconds('recordings.triggered_from') }},
            recordings.from_ms + coalesce(programmes.pre_event_buffer_seconds, 0) * 1000
        ) as on_ms,
        {{ milliseconds('recordings.triggered_to') }} as off_ms,
        coalesce(programmes.match_tolerance_seconds, 0) * 1000 as tolerance_ms
    from {{ near('int_recordings') }} as recordings
    inner join {{ ref('int_programmes') }} as programmes on recordings.programme_id = programmes.programme_id
)

select
    programme_id,
    recording_id,
    staff_id,
    camera_id,
    encounter_id,
    is_announced,
    month_start,
    recorded_date,
    from_ms,
    to_ms,
    least(on_ms, to_ms) as filmed_from_ms,
    greatest(least(on_ms, to_ms), least(coalesce(off_ms, to_ms), to_ms)) as filmed_to_ms,
    tolerance_ms,
    from_ms % 86400000 <> 0 as has_time
from timed
