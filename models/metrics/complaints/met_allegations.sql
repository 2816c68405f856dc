{{ count_by_month(
    ref('int_allegation_meanings'),
    'month_start',
    parts=['complaint_regime', 'regime_category', 'regime_family', 'is_encounter_related']
) }}
