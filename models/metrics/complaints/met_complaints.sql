-- By outcome where the programme says one of any complaint: by the month in which they were made, so that a list without days of
-- closing has figures too.
{{ count_by_month(ref('int_complaints'), 'month_start', parts=['complaint_status']) }}
union all
{{ count_by_month(
    ref('int_complaints'),
    'month_start',
    'programme_id in (select programme_id from ' ~ ref('int_complaints') ~ ' where complaint_outcome is not null)',
    parts=['complaint_outcome'],
    whole=false
) }}
