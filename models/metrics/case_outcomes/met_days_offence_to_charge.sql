{{ median_wait(
    ref('int_cases'),
    'offence_date',
    'charge_date',
    'charge_date',
    ['is_domestic_abuse', 'camera_evidence_used']
) }}
