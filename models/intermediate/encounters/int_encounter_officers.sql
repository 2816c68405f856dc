-- One row per encounter and officer who attended, at the encounter's area; an encounter that no list holds stands at
-- "unknown" and has no month.
with attended as (
    {{ unite('encounter_officers', ['stg_bodyworn__encounter_officers']) }}
)

select
    attended.programme_id,
    attended.encounter_id,
    attended.staff_id,
    case when encounters.encounter_id is null then 'unknown' else encounters.area_id end as area_id,
    encounters.month_start
from attended
left join {{ ref('int_encounters') }} as encounters
    on attended.programme_id = encounters.programme_id and attended.encounter_id = encounters.encounter_id
