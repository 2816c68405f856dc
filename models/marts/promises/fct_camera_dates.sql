-- When the officers of an area first wore cameras, by the public record: bounds are bounds, and readings of them stand apart.
select
    programme_id,
    area_id,
    first_day,
    earliest,
    latest,
    camera_date_precision,
    was_in_trial,
    inferred_earliest,
    inferred_latest,
    inference,
    source_title,
    source_url,
    second_source_url,
    support,
    retrieved_on,
    camera_date_note
from {{ ref('int_camera_dates') }}
