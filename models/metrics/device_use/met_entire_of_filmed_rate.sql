{{ share_by_month(
    ref('int_encounter_coverage'), 'month_start',
    counted='is_entire',
    among='has_recording and is_entire is not null',
    parts=['encounter_kind']
) }}
