{{ share_by_month(
    ref('int_encounter_coverage'), 'month_start',
    counted='has_recording',
    among='programme_id in (select programme_id from ' ~ ref('int_footage_supplied') ~ ')',
    parts=['encounter_kind']
) }}
