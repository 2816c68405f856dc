-- One row per issue of a device, with the days on which it was held: from its issue to the day before it came back or was
-- issued again. The file gives one status per issue, and it says what became of the device in the end: a device not
-- returned that is lost, retired or in repair counts as such from its issue, one that was returned only from then on.
with ordered as (
    select
        devices.*,
        row_number() over (
            partition by devices.programme_id, devices.camera_id
            order by devices.issued_date
        ) as issue_number,
        row_number() over (
            partition by devices.programme_id, devices.staff_id
            order by devices.issued_date, devices.camera_id
        ) as number_for_person,
        lead(devices.issued_date) over (
            partition by devices.programme_id, devices.camera_id
            order by devices.issued_date
        ) as next_issued_date
    from {{ ref('int_devices') }} as devices
)

select
    programme_id,
    area_id,
    camera_id,
    staff_id,
    officer_role,
    case when rollout_phase is not null then 'phase ' || cast(rollout_phase as {{ dbt.type_string() }}) end as rollout_phase,
    issued_date as held_from,
    least(coalesce(returned_date, date '9999-12-31'), coalesce(next_issued_date, date '9999-12-31')) as held_before,
    issue_number = 1 as is_first_issue,
    issue_number = 1 and staff_id is not null and number_for_person > 1 as is_replacement,
    device_status = 'active' or returned_date is not null or next_issued_date is not null as is_active_while_held,
    case when device_status = 'in_repair' then coalesce(returned_date, issued_date) end as in_repair_from,
    coalesce(next_issued_date, date '9999-12-31') as in_repair_before
from ordered
