-- Every delivered row about a complaint with what it means (row_grain): a complaint (complaints), an allegation that adds to
-- a list of complaints (complaint_categories), or a row of an export that knows complaints by their allegations only, one
-- (allegation) or one per officer (officer_and_allegation).
{{ unite(
    ['complaints', 'complaint_categories'],
    [
        'stg_chicago_open_data__complaint_logs',
        'stg_chicago_open_data__complaint_categories',
        'stg_bodyworn__complaints',
        'stg_bodyworn__allegations'
    ],
    also={
        'complainant_type': 'string',
        'investigating_agency': 'string',
        'category_name': 'string',
        'is_force_category': 'boolean'
    },
    with_grain=true
) }}
