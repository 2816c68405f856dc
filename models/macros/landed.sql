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

{# Registered with every column of the contract: one that a file lacks is read as null. #}
{% macro spark__landed_rows(relation, table) -%}
    {%- if var('programmes') -%}
        (select * from {{ spark_source(table) }} where programme_id in ('{{ var("programmes") | join("', '") }}'))
    {%- else -%}
        {{ spark_source(table) }}
    {%- endif -%}
{%- endmacro %}


{# Which version of a row counts. Raw holds only files that count (landing decides which). Among them a later file
   supersedes an earlier one row by row where the contract names a key. Without a key every row counts, but for what the
   contract says: `same_delivery: {columns: …}` (the later file replaces the rows of the values it holds),
   `replaces: period` (those of the span of its dates) and `repeated_rows` (equal rows with an id count once).
   A key is unique within one file, so one file alone needs no choice. #}
{% macro keep_latest(source_name, table_name) -%}
    {%- set table = source_contract(source_name, table_name) -%}
    {%- set meta = table.config.meta -%}
    {%- set key = meta.get('key', 'none') -%}
    {%- if key == 'none' -%}
        {{ keep_latest_without_key(source_name, table_name, table, meta) }}
    {%- elif target.type == 'duckdb' and loaded_files(table) | length < 2 -%}
    {%- else -%}
        qualify row_number() over (partition by programme_id, {{ key | join(', ') }} order by arrival desc) = 1
    {%- endif -%}
{%- endmacro %}


{% macro keep_latest_without_key(source_name, table_name, table, meta) -%}
    {%- if meta.get('replaces') == 'period' %}
        where not exists (
            select 1
            from (
                select
                    programme_id as programme_of_file,
                    arrival as arrival_of_file,
                    min({{ meta.event_date }}) as first_of_file,
                    max({{ meta.event_date }}) as last_of_file
                from {{ landed(source_name, table_name) }} as landed_rows
                group by programme_id, arrival
            ) as files
            where files.programme_of_file = programme_id
                and files.arrival_of_file > arrival
                and {{ meta.event_date }} between files.first_of_file and files.last_of_file
        )
    {% endif -%}
    {%- set conditions = [] -%}
    {%- set columns = (meta.get('same_delivery') or {}).get('columns') or [] -%}
    {%- if columns -%}
        {%- do conditions.append('arrival = max(arrival) over (partition by programme_id, ' ~ columns | join(', ') ~ ')') -%}
    {%- endif -%}
    {%- if meta.get('repeated_rows') -%}
        {%- set kept = [] -%}
        {%- for column in table.columns.values() if column.config.meta.get('privacy') != 'drop' -%}
            {%- do kept.append(column.name) -%}
        {%- endfor -%}
        {%- do conditions.append(
            '(' ~ meta.repeated_rows.count_once_by ~ ' is null or row_number() over (partition by programme_id, '
            ~ kept | join(', ') ~ ' order by arrival desc, file_hash, record_number) = 1)'
        ) -%}
    {%- endif -%}
    {%- if conditions -%}
        qualify {{ conditions | join(' and ') }}
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
