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
        (
            select * from read_parquet(['{{ files | join("', '") }}'])
            {{ latest_version(table) }}
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


{# The globs that match something, one per programme asked for: a glob without a match is an error in DuckDB. #}
{% macro parquet_files(folder, programmes) -%}
    {%- set globs = [] -%}
    {%- for programme in (programmes or ['*']) if execute -%}
        {%- set pattern = folder ~ '/' ~ programme ~ '/*.parquet' -%}
        {%- if run_query("select count(*) from glob('" ~ pattern ~ "')").columns[0].values()[0] -%}
            {%- do globs.append(pattern) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(globs) }}
{%- endmacro %}


{# A later file supersedes an earlier one row by row; every version stays in raw. #}
{% macro latest_version(table) -%}
    {%- set key = table.config.meta.get('key', 'none') -%}
    {%- if key != 'none' -%}
        qualify row_number() over (
            partition by programme_id, {{ key | join(', ') }}
            order by arrival desc, record_number desc
        ) = 1
    {%- endif -%}
{%- endmacro %}


{% macro empty_rows(table) -%}
    (
        select
            {% for column in table.columns.values() if column.config.meta.get('privacy') != 'drop' -%}
            cast(null as {{ column.data_type }}) as {{ column.name }},
            {% endfor -%}
            cast(null as {{ dbt.type_string() }}) as programme_id,
            cast(null as {{ dbt.type_string() }}) as file_hash,
            cast(null as {{ dbt.type_string() }}) as file_name,
            cast(null as bigint) as arrival,
            cast(null as bigint) as record_number
        where false
    )
{%- endmacro %}
