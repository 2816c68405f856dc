{{ share_by_month(
    ref('int_encounter_coverage'), 'month_start',
    counted='is_from_outset',
    among='has_recording and is_from_outset is not null',
    parts=['encounter_kind']
) }}
