-- Where every table comes from, out of dbt's own graph.
{% set tables = [] -%}
{% if execute -%}
    {% for source in graph.sources.values() | sort(attribute='unique_id') if source.fqn[1] == 'staging' -%}
        {% do tables.append(source) -%}
    {% endfor -%}
{% endif -%}
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
