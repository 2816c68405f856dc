{{ median_wait(
    ref('int_cases'),
    'charge_date',
    'first_hearing_date',
    'disposal_date',
    ['is_domestic_abuse', 'camera_evidence_used']
) }}
