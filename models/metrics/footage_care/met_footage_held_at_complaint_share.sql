-- Footage counts as held when any recording of the complaint was there through the day of logging; which hour of that day a
-- complaint was logged in is not on file.
with linked as (
    select
        complaints.programme_id,
        complaints.area_id,
        complaints.month_start,
        complaints.complaint_id,
        count(*) filter (where care.deleted_date is null or care.deleted_date > complaints.complaint_date) as held_count
    from {{ ref('int_complaints') }} as complaints
    inner join {{ ref('int_footage_matters') }} as matters
        on complaints.programme_id = matters.programme_id
        and complaints.complaint_id = matters.matter_id
        and matters.matter_kind = 'complaint'
    inner join {{ ref('int_recording_care') }} as care
        on matters.programme_id = care.programme_id and matters.recording_id = care.recording_id
    inner join {{ ref('int_footage_supplied') }} as supplied
        on complaints.programme_id = supplied.programme_id and supplied.has_deletions
    group by all
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where held_count > 0) as numerator,
    count(*) as denominator
from linked
group by all
