{{ count_by_month(
    ref('int_encounter_coverage'), 'month_start',
    among='not has_recording and programme_id in (select programme_id from ' ~ ref('int_footage_supplied') ~ ')',
    parts=['explained_by', 'unmatched_reason']
) }}
