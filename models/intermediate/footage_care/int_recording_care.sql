-- One row per recording: how long its upload and its category took, how long it had to be kept, and when it was deleted.
-- A recording that states no date to be kept until and is not evidence is kept for as many days as the programme's rule says.
with dated as (
    select
        recordings.programme_id,
        recordings.area_id,
        recordings.recording_id,
        recordings.staff_id,
        recordings.month_start,
        recordings.recorded_from,
        cast(recordings.recorded_from as date) as recorded_date,
        recordings.from_ms,
        -- Nothing is uploaded before it ends: such a pair of times is a fault of footage and no wait.
        case
            when recordings.uploaded_utc_ms >= recordings.ended_utc_ms
                then recordings.uploaded_utc_ms - recordings.ended_utc_ms
        end as upload_delay_ms,
        {{ milliseconds('recordings.categorised_at') }} as categorised_ms,
        recordings.recording_category,
        recordings.is_evidential,
        recordings.reviewed_at,
        recordings.deleted_at,
        cast(recordings.deleted_at as date) as deleted_date,
        recordings.deletion_reason,
        coalesce(
            recordings.retain_until_date,
            case when not coalesce(recordings.is_evidential, false)
                    then cast({{ dbt.dateadd(
                        'day', 'programmes.retention_days', 'cast(recordings.recorded_from as date)'
                    ) }} as date)
            end
        ) as retained_until_date,
        programmes.extracted_on,
        supplied.has_categories,
        supplied.has_deletions,
        supplied.has_reviews
    from {{ ref('int_recordings') }} as recordings
    inner join {{ ref('int_programmes') }} as programmes on recordings.programme_id = programmes.programme_id
    inner join {{ ref('int_footage_supplied') }} as supplied on recordings.programme_id = supplied.programme_id
)

select
    programme_id,
    area_id,
    recording_id,
    staff_id,
    month_start,
    recorded_date,
    cast(date_trunc('month', retained_until_date) as date) as retention_month,
    cast(date_trunc('month', deleted_date) as date) as deletion_month,
    recording_category,
    is_evidential,
    reviewed_at is not null as is_reviewed,
    deleted_at,
    deleted_date,
    deletion_reason,
    retained_until_date,
    upload_delay_ms,
    {% for days in [7, 31] -%}
        has_categories and recorded_date + {{ days }} <= extracted_on as is_{{ days }}_days_old,
        recording_category is null or coalesce(categorised_ms - from_ms > {{ days * 86400000 }}, false)
            as was_untagged_at_{{ days }}_days,
    {% endfor -%}
    has_deletions and retained_until_date + 1 <= extracted_on as is_due_for_deletion,
    has_reviews
from dated
