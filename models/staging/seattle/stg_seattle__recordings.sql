-- Lengths come in hundredths of a second; the feed counts whole ones.
select
    programme_id,
    recording_id,
    cast(null as {{ dbt.type_string() }}) as camera_id,
    staff_id,
    recorded_from,
    recorded_to,
    cast(round(duration_seconds) as bigint) as duration_seconds,
    cast(null as timestamp) as triggered_from,
    cast(null as timestamp) as triggered_to,
    cast(null as timestamp) as uploaded_at,
    cast(null as {{ dbt.type_string() }}) as recording_category,
    cast(null as boolean) as is_evidential,
    cast(null as boolean) as is_announced,
    cast(null as date) as retain_until_date,
    cast(null as timestamp) as categorised_at,
    cast(null as timestamp) as reviewed_at,
    cast(null as timestamp) as deleted_at,
    cast(null as {{ dbt.type_string() }}) as deletion_reason,
    cast(null as {{ dbt.type_string() }}) as encounter_id,
    cast(null as {{ dbt.type_string() }}) as case_id
from {{ landed('seattle', 'recordings') }} as recordings
