-- The postings of all staff lists, as delivered.
{{ unite(
    'officers', ['stg_bodyworn__officers', 'stg_tjjd__staff'],
    also={'arrival': 'bigint', 'record_number': 'bigint'}
) }}
