-- Where every delivered table comes from: what its contract says, which is read from dbt's graph. The graph makes no lineage;
-- this list does, and the build stops when a delivered table is not on it.
{% set listed = [
    source('bodyworn', 'allegations'), source('bodyworn', 'assaults'), source('bodyworn', 'camera_starts'),
    source('bodyworn', 'cases'), source('bodyworn', 'complaints'), source('bodyworn', 'confidence'),
    source('bodyworn', 'crimes'), source('bodyworn', 'devices'), source('bodyworn', 'encounter_officers'),
    source('bodyworn', 'encounters'), source('bodyworn', 'force_reports'), source('bodyworn', 'officers'),
    source('bodyworn', 'population'), source('bodyworn', 'recordings'), source('bodyworn', 'requests'),
    source('bodyworn', 'shifts'), source('bodyworn', 'spend'), source('bodyworn', 'workforce'),
    source('chicago_open_data', 'camera_dates'), source('chicago_open_data', 'complaint_categories'),
    source('chicago_open_data', 'complaint_logs'), source('chicago_open_data', 'force_reports_new_form'),
    source('chicago_open_data', 'force_reports_old_form'), source('chicago_open_data', 'officers_by_district_month'),
    source('cps', 'case_outcomes'), source('dc_rct', 'deployment_dates'), source('dc_rct', 'district_periods'),
    source('dc_rct', 'officers'), source('evidence_com', 'recordings'), source('home_office', 'officers_by_year'),
    source('home_office', 'use_of_force'), source('iopc', 'allegations_logged'),
    source('iopc', 'finalised_complaints'), source('moj', 'magistrates_outcomes'), source('mps', 'borough_crimes'),
    source('new_orleans', 'recordings'), source('police_uk', 'street_crimes'), source('seattle', 'recordings'),
    source('tjjd', 'footage'), source('tjjd', 'shifts'), source('tjjd', 'staff')
] -%}
{% set tables = delivered_tables(listed) -%}
{% for source in tables -%}
    {% set meta = source.config.meta -%}
    {% set origin = meta.get('origin', source.source_meta.get('origin', {})) -%}
    select
        {{ text(source.source_name) }} as source_name,
        {{ text(source.name) }} as table_name,
        {{ text(source.description) }} as description,
        {% for item in ['producer', 'title', 'url', 'licence', 'citation'] -%}
            {{ text(origin.get(item)) }} as {{ item }},
        {% endfor -%}
        cast({{ meta.get('version', 'null') }} as bigint) as contract_version,
        {{ text(meta.key if meta.key is string else meta.get('key', ['none']) | join(', ')) }} as key_columns,
        {{ text(meta.get('owner')) }} as owner,
        cast({{ meta.get('fresh_within_days') or 'null' }} as bigint) as fresh_within_days
    {%- if not loop.last %}
union all
{% endif -%}
{% else -%}
select
    {% for item in ['source_name', 'table_name', 'description', 'producer', 'title', 'url', 'licence', 'citation'] -%}
    cast(null as {{ dbt.type_string() }}) as {{ item }},
    {% endfor -%}
    cast(null as bigint) as contract_version,
    cast(null as {{ dbt.type_string() }}) as key_columns,
    cast(null as {{ dbt.type_string() }}) as owner,
    cast(null as bigint) as fresh_within_days
where false
{%- endfor %}
