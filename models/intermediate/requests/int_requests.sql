-- One row per request for footage; without a place it is counted at the programme's area "unknown".
with requests as (
    {{ unite('requests', ['stg_bodyworn__requests']) }}
)

select
    requests.programme_id,
    requests.request_id,
    requests.request_kind,
    requests.published_area,
    case when requests.published_area is null then 'unknown' else names.area_id end as area_id,
    requests.received_date,
    requests.due_date,
    requests.closed_date,
    requests.request_outcome,
    requests.footage_date,
    requests.hold_placed_at,
    requests.recording_id,
    requests.encounter_id,
    cast(date_trunc('month', requests.received_date) as date) as month_start
from requests
left join {{ ref('int_area_names') }} as names
    on requests.programme_id = names.programme_id and requests.published_area = names.published_name
