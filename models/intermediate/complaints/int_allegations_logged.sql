-- Allegations logged in a year to March by force, in all and by what they are of; a later file replaces an earlier one.
{% set kinds = {
    'delivery_of_duties': 'delivery of duties and service',
    'powers_policies_procedures': 'police powers, policies and procedures',
    'property': 'handling of or damage to property',
    'access_or_disclosure': 'access to or disclosure of information',
    'vehicles': 'use of police vehicles',
    'discriminatory': 'discriminatory behaviour',
    'abuse_of_position': 'abuse of position or corruption',
    'individual_behaviours': 'individual behaviours',
    'sexual_conduct': 'sexual conduct',
    'discreditable_conduct': 'discreditable conduct',
    'other': 'other'
} -%}
with logged as (
    {{ unite('allegations_logged', ['stg_iopc__allegations_logged']) }}
),

latest as (
    select *
    from logged
    qualify arrival = max(arrival) over (partition by programme_id, year_to_march)
),

by_kind as (
    select
        programme_id,
        published_area,
        year_to_march,
        'all' as allegation_kind,
        allegation_count
    from latest
    {%- for column, words in kinds.items() %}
        union all
        select
            programme_id,
            published_area,
            year_to_march,
            '{{ words }}' as allegation_kind,
            {{ column }}_count as allegation_count
        from latest
    {%- endfor %}
)

select
    by_kind.programme_id,
    by_kind.published_area,
    names.area_id,
    by_kind.year_to_march,
    make_date(by_kind.year_to_march - 1, 4, 1) as year_start,
    by_kind.allegation_kind,
    by_kind.allegation_count
from by_kind
left join {{ ref('int_area_names') }} as names
    on by_kind.programme_id = names.programme_id and by_kind.published_area = names.published_name
where by_kind.allegation_count is not null
