-- Under a known regime by what the letters of its categories mean; else by the categories that the contract names.
{{ count_by_month(ref('int_allegation_meanings'), 'month_start') }}
union all
{{ count_by_month(
    ref('int_allegation_meanings'),
    'month_start',
    'complaint_regime is not null',
    parts=['complaint_regime', 'regime_category', 'regime_family', 'is_encounter_related'],
    whole=false
) }}
union all
{{ count_by_month(
    ref('int_allegation_meanings'),
    'month_start',
    'complaint_regime is null and category_code is not null',
    parts=['category_code'],
    whole=false
) }}
