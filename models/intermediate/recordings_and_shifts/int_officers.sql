-- The postings of all staff lists, as delivered.
{{ unite(
    'officers', [ref('stg_bodyworn__officers'), ref('stg_tjjd__staff')],
    also={'arrival': 'bigint', 'record_number': 'bigint'}
) }}
