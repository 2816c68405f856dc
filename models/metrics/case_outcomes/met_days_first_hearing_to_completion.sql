{{ median_wait(
    ref('int_cases'),
    'first_hearing_date',
    'disposal_date',
    'disposal_date',
    ['is_domestic_abuse', 'camera_evidence_used']
) }}
