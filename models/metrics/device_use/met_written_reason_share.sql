{{ share_by_month(
    ref('int_encounter_coverage'), 'month_start',
    counted='camera_off_reason is not null',
    among='not has_recording and programme_id in (select programme_id from ' ~ ref('int_footage_supplied') ~ ')',
    parts=['encounter_kind']
) }}
