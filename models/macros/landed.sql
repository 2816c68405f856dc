{# What was loaded for a source table: the files of the chosen programmes, the latest version of each keyed row.
   `source()` is called for the lineage; an empty typed relation stands in when nothing was loaded, so that the
   project builds in a fresh clone. #}
{% macro landed(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- set table = source_contract(source_name, table_name) -%}
    {%- set folder = env_var('BODYWORN_HOME', 'data') ~ '/raw/' ~ source_name ~ '/' ~ table_name -%}
    {{ return(adapter.dispatch('landed_rows', 'bodyworn')(relation, table, folder)) }}
{%- endmacro %}


{% macro source_contract(source_name, table_name) -%}
    {%- if execute -%}
        {%- set id = 'source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name -%}
        {{ return(graph.sources[id]) }}
    {%- endif -%}
    {{ return({'columns': {}, 'config': {'meta': {}}}) }}
{%- endmacro %}


{% macro duckdb__landed_rows(relation, table, folder) -%}
    {%- set files = parquet_files(folder, var('programmes')) -%}
    {%- if files -%}
        {%- set held = columns_held(files) -%}
        (
            select
                {% for column in table.columns.values() if column.config.meta.get('privacy') != 'drop' -%}
                {{ column.name if column.name in held else absent(column) }},
                {% endfor -%}
                programme_id,
                file_hash,
                file_name,
                arrival,
                record_number
            from read_parquet(
                ['{{ files | join("', '") }}']{{ ', union_by_name = true' if held.values() | unique | list | length > 1 }}
            )
            {{ latest_version(table) if files | length > 1 }}
        )
    {%- else -%}
        {{ empty_rows(table) }}
    {%- endif -%}
{%- endmacro %}


{% macro spark__landed_rows(relation, table, folder) -%}
    (
        select * from {{ relation }}
        {{ latest_version(table) }}
    )
{%- endmacro %}


{# The files loaded for the programmes asked for, or for all of them. #}
{% macro parquet_files(folder, programmes) -%}
    {%- set files = [] -%}
    {%- for programme in (programmes or ['*']) if execute -%}
        {%- set pattern = folder ~ '/' ~ programme ~ '/*.parquet' -%}
        {%- set found = run_query("select file from glob('" ~ pattern ~ "') order by file") -%}
        {%- do files.extend(found.columns[0].values()) -%}
    {%- endfor -%}
    {{ return(files) }}
{%- endmacro %}


{# A later file supersedes an earlier one, row by row where rows have a key; where they have none, a file of the
   same name takes the place of the one before. Every version stays in raw. Within one file a key is unique. #}
{% macro latest_version(table) -%}
    {%- set key = table.config.meta.get('key', 'none') -%}
    {%- if key == 'none' -%}
        qualify arrival = max(arrival) over (partition by programme_id, file_name)
    {%- else -%}
        qualify row_number() over (
            partition by programme_id, {{ key | join(', ') }}
            order by arrival desc
        ) = 1
    {%- endif -%}
{%- endmacro %}
