-- A spelling that no area of the programme answers to would fall out of every figure.
{% set feeds = [
    'int_officer_months', 'int_officers_by_year', 'int_camera_starts',
    'int_case_outcomes', 'int_court_outcomes', 'int_cases', 'int_street_crimes', 'int_borough_crimes',
    'int_recorded_crimes', 'int_devices', 'int_encounters', 'int_requests', 'int_assaults', 'int_confidence', 'int_population'
] %}

{% for feed in feeds %}
    select
        programme_id,
        published_area
    from {{ ref(feed) }}
    where area_id is null
    union all
{% endfor %}
select
    programme_id,
    published_area
from {{ ref('int_use_of_force') }}
where area_id is null and not is_total
