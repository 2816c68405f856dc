{# What Python computed and dbt reads again (programmes, ledger, studies), for the chosen programmes. An empty typed
   relation stands in when nothing was written. #}
{% macro derived(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- set table = source_contract(source_name, table_name) -%}
    {%- set folder = env_var('BODYWORN_HOME', 'data') ~ '/derived/' ~ source_name -%}
    {{ return(adapter.dispatch('derived_rows', 'bodyworn')(relation, table, folder)) }}
{%- endmacro %}


{# A table is one file, or a folder of files where each run adds some. #}
{% macro duckdb__derived_rows(relation, table, folder) -%}
    {%- set files = [] -%}
    {%- if execute -%}
        {%- for pattern in [folder ~ '/' ~ table.name ~ '.parquet', folder ~ '/' ~ table.name ~ '/*.parquet'] -%}
            {%- if run_query("select count(*) from glob('" ~ pattern ~ "')").columns[0].values()[0] -%}
                {%- do files.append(pattern) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if files -%}
        (
            select
                {{ table.columns.keys() | join(', ') }}
            from read_parquet(['{{ files | join("', '") }}'])
            {{ of_the_programmes(table) }}
        )
    {%- else -%}
        (
            select
                {% for column in table.columns.values() -%}
                {{ null_column(column.name, column.data_type) }}{{ ',' if not loop.last }}
                {% endfor %}
            where false
        )
    {%- endif -%}
{%- endmacro %}


{% macro spark__derived_rows(relation, table, folder) -%}
    (
        select
            {{ table.columns.keys() | join(', ') }}
        from {{ spark_source(table) }}
        {{ of_the_programmes(table) }}
    )
{%- endmacro %}


{# Rows of the chosen programmes, and those of none (a study of publications). #}
{% macro of_the_programmes(table) -%}
    {%- if var('programmes') and 'programme_id' in table.columns -%}
        where programme_id is null or programme_id in ('{{ var("programmes") | join("', '") }}')
    {%- endif -%}
{%- endmacro %}
