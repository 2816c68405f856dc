-- One row per encounter with its times in milliseconds and how far a clock may be out. An encounter without a stated end, or
-- with one before its start, is taken to last no time at all.
select
    encounters.programme_id,
    encounters.encounter_id,
    encounters.month_start,
    cast(encounters.encounter_from as date) as encounter_date,
    encounters.camera_off_reason,
    {{ milliseconds('encounters.encounter_from') }} as from_ms,
    {{ milliseconds('greatest(encounters.encounter_from, coalesce(encounters.encounter_to, encounters.encounter_from))') }}
        as to_ms,
    coalesce(encounters.encounter_to > encounters.encounter_from, false) as has_end,
    coalesce(programmes.match_tolerance_seconds, 0) * 1000 as tolerance_ms
from {{ near('int_encounters') }} as encounters
inner join {{ ref('int_programmes') }} as programmes on encounters.programme_id = programmes.programme_id
