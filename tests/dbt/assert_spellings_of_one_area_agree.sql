-- Two names of one area that give different numbers of it: the number under the area's own name stands, and whoever sends the
-- file is to say which is right. A warning, since no delivered value stops a release.
{{ config(severity='warn') }}
{% for feed in ['int_officer_months', 'int_population', 'int_confidence', 'int_case_outcomes', 'int_borough_crimes'] %}
    select
        programme_id,
        area_id,
        '{{ feed }}' as relation_name,
        count(*) as contested_count
    from {{ ref(feed) }}
    where is_contested
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
