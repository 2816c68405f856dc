{{ share_by_month(
    ref('int_encounter_coverage'), 'month_start',
    counted='has_recording',
    among='was_equipped and programme_id in (select programme_id from ' ~ ref('int_footage_supplied') ~ ')',
    parts=['encounter_kind']
) }}
