-- One row per recording with what the staff list and the register of devices say of the officer it is credited to. Docks credit
-- footage to whoever owns the dock, and old numbers stay in old cameras: both show only against another list. A camera belongs
-- to its holder until the day before it came back; where no holder is known that day, nothing is said.
with listed as (
    select distinct
        programme_id,
        staff_id
    from {{ ref('int_staff_postings') }}
),

lists as (
    select distinct programme_id
    from listed
),

holders as (
    select
        programme_id,
        camera_id,
        staff_id as holder_id,
        held_from,
        held_before
    from {{ ref('int_device_periods') }}
    where staff_id is not null and held_before > held_from
)

select
    recordings.programme_id,
    recordings.recording_id,
    holders.holder_id is not null as has_holder,
    lists.programme_id is not null as has_staff_list,
    case
        when recordings.staff_id is null then 'nobody'
        when lists.programme_id is not null and listed.staff_id is null then 'on no list'
        when holders.holder_id <> recordings.staff_id then 'not the holder'
        when holders.holder_id = recordings.staff_id then 'the holder'
        else 'not known'
    end as credited_to
from {{ ref('int_recordings') }} as recordings
left join lists on recordings.programme_id = lists.programme_id
left join listed on recordings.programme_id = listed.programme_id and recordings.staff_id = listed.staff_id
left join holders
    on recordings.programme_id = holders.programme_id
    and recordings.camera_id = holders.camera_id
    and cast(recordings.recorded_from as date) >= holders.held_from
    and cast(recordings.recorded_from as date) < holders.held_before
