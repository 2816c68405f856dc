{{ share_by_month(
    ref('int_encounter_coverage'), 'month_start',
    counted='camera_count > 1',
    among='camera_count > 0',
    parts=['encounter_kind']
) }}
