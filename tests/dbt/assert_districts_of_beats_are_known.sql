-- An area that a model works out, as a district from a beat, and that the programme does not have: its rows stand at "unknown". A
-- warning, since no delivered value stops a release.
{{ config(severity='warn') }}
{% for feed in ['int_complaints', 'int_force_reports'] %}
    select
        placed.programme_id,
        placed.published_area,
        count(*) as row_count
    from {{ ref(feed) }} as placed
    left join {{ ref('int_area_names') }} as names
        on placed.programme_id = names.programme_id and placed.published_area = names.published_name
    where placed.published_area is not null and names.area_id is null
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
