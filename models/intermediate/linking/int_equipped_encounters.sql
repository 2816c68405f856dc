-- One row per encounter attended by an officer to whom a camera was issued on that day.
select distinct
    encounters.programme_id,
    encounters.encounter_id,
    encounters.month_start
from {{ near('int_encounter_times') }} as encounters
inner join {{ near('int_encounter_officers') }} as officers
    on encounters.programme_id = officers.programme_id and encounters.encounter_id = officers.encounter_id
inner join {{ ref('int_devices') }} as devices
    on officers.programme_id = devices.programme_id and officers.staff_id = devices.staff_id
where
    devices.issued_date <= encounters.encounter_date
    and coalesce(devices.returned_date, date '9999-12-31') >= encounters.encounter_date
