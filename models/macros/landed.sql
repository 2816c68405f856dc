{# Every row loaded for a source table from the files of the chosen programmes, later versions of a row included; a model
   that reads it keeps the latest with `keep_latest`. A column that an older file lacks is null. `source()` is called for
   the lineage; an empty typed relation stands in when nothing was loaded, so that the project builds in a fresh clone. #}
{% macro landed(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- set table = source_contract(source_name, table_name) -%}
    {{ return(adapter.dispatch('landed_rows', 'bodyworn')(relation, table)) }}
{%- endmacro %}

{% macro duckdb__landed_rows(relation, table) -%}
    {%- set files = loaded_files(table) -%}
    {%- if files -%}
        {%- set held = columns_held(files) -%}
        (
            select
                {% for column in table.columns.values() if column.config.meta.get('privacy') != 'drop' -%}
                {{ column.name if column.name in held else null_column(column.name, column.data_type) }},
                {% endfor -%}
                {{ load_columns() | join(', ') }}
            from read_parquet(
                ['{{ files | join("', '") }}']{{ ', union_by_name = true' if held.values() | unique | list | length > 1 }}
            )
        )
    {%- else -%}
        {{ empty_rows(table) }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__landed_rows(relation, table) -%}
    {{ relation }}
{%- endmacro %}


{# A later file supersedes an earlier one: row by row where the contract names a key, else a file of the same name takes the
   place of the one before. Every version stays in raw. A key is unique within one file, so one file alone needs no choice. #}
{% macro keep_latest(source_name, table_name) -%}
    {%- set table = source_contract(source_name, table_name) -%}
    {%- set key = table.config.meta.get('key', 'none') -%}
    {%- if target.type == 'duckdb' and loaded_files(table) | length < 2 -%}
    {%- elif key == 'none' -%}
        qualify arrival = max(arrival) over (partition by programme_id, file_name)
    {%- else -%}
        qualify row_number() over (partition by programme_id, {{ key | join(', ') }} order by arrival desc) = 1
    {%- endif -%}
{%- endmacro %}


{% macro source_contract(source_name, table_name) -%}
    {%- if execute -%}
        {%- set id = 'source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name -%}
        {{ return(graph.sources[id]) }}
    {%- endif -%}
    {{ return({'columns': {}, 'config': {'meta': {}}}) }}
{%- endmacro %}


{# The files loaded for a table, of the programmes asked for or of all. #}
{% macro loaded_files(table) -%}
    {%- set files = [] -%}
    {%- set folder = env_var('BODYWORN_HOME', 'data') ~ '/raw/' ~ table.source_name ~ '/' ~ table.name -%}
    {%- for programme in (var('programmes') or ['*']) if execute -%}
        {%- set pattern = folder ~ '/' ~ programme ~ '/*.parquet' -%}
        {%- set found = run_query("select file from glob('" ~ pattern ~ "') order by file") -%}
        {%- do files.extend(found.columns[0].values()) -%}
    {%- endfor -%}
    {{ return(files) }}
{%- endmacro %}


{# What loading adds to each row: whose it is, which file it came in, when that came, and where in the file it stood. #}
{% macro load_columns() -%}
    {{ return(['programme_id', 'file_hash', 'file_name', 'arrival', 'record_number']) }}
{%- endmacro %}
