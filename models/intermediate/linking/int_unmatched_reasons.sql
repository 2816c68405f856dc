-- One row per encounter or complaint without a recording, with the first reason that the data give for it. Footage of that day
-- counts before the roster, which only shows plans: an officer who filmed was at work.
with gathered as (
    select
        programme_id,
        subject_kind,
        subject_id,
        count(*) filter (where fact like 'officer%') > 0 as has_officer,
        count(*) filter (where fact = 'officer at no known moment') > 0 as has_no_moment,
        count(*) filter (where fact = 'no day') > 0 as has_no_day,
        count(*) filter (where fact = 'camera') > 0 as has_camera,
        count(*) filter (where fact = 'footage of the camera') > 0 as has_footage_elsewhere,
        count(*) filter (where fact = 'footage') > 0 as has_footage,
        count(*) filter (where fact = 'footage without a time') > 0 as has_footage_without_time,
        count(*) filter (where fact = 'shift') > 0 as has_shift
    from {{ ref('int_unmatched_facts') }}
    group by programme_id, subject_kind, subject_id
)

select
    gathered.programme_id,
    gathered.subject_kind,
    gathered.subject_id,
    case
        when gathered.has_no_day then 'day not known'
        when not gathered.has_officer then 'no officer known'
        when gathered.has_footage_elsewhere then 'footage of its camera credited to somebody else'
        when not gathered.has_camera and with_devices.programme_id is not null then 'no camera issued'
        when gathered.has_footage and gathered.has_no_moment then 'time of day not known'
        when gathered.has_footage_without_time then 'recording of that day without a time'
        when gathered.has_footage then 'recordings elsewhere in time'
        when not gathered.has_shift and not gathered.has_no_moment and with_shifts.programme_id is not null
            then 'officer not on shift'
        else 'no recording that day'
    end as unmatched_reason
from gathered
left join (select distinct programme_id from {{ ref('int_devices') }}) as with_devices
    on gathered.programme_id = with_devices.programme_id
left join (select distinct programme_id from {{ ref('int_shifts') }}) as with_shifts
    on gathered.programme_id = with_shifts.programme_id
