-- One row per encounter that should be filmed, at its area, filmed or not.
with encounters as (
    {{ unite('encounters', ['stg_bodyworn__encounters']) }}
)

select
    encounters.programme_id,
    encounters.encounter_id,
    encounters.encounter_kind,
    encounters.encounter_from,
    encounters.encounter_to,
    encounters.published_area,
    names.area_id,
    encounters.camera_off_reason,
    cast(date_trunc('month', encounters.encounter_from) as date) as month_start
from encounters
left join {{ ref('int_area_names') }} as names
    on encounters.programme_id = names.programme_id and encounters.published_area = names.published_name
