{# In how many of the files each column stands: what was loaded under an older contract has not got what came since. #}
{% macro columns_held(files) -%}
    {%- set held = {} -%}
    {%- set found = run_query(
        "select name, count(*) as file_count from parquet_schema(['" ~ files | join("', '") ~ "'])"
        ~ " where num_children is null group by name"
    ) -%}
    {%- for row in found.rows -%}
        {%- do held.update({row[0]: row[1] | int}) -%}
    {%- endfor -%}
    {{ return(held) }}
{%- endmacro %}


{% macro absent(column) -%}
    cast(null as {{ column.data_type }}) as {{ column.name }}
{%- endmacro %}


{# The table when nothing was loaded for it. #}
{% macro empty_rows(table) -%}
    (
        select
            {% for column in table.columns.values() if column.config.meta.get('privacy') != 'drop' -%}
            {{ absent(column) }},
            {% endfor -%}
            cast(null as {{ dbt.type_string() }}) as programme_id,
            cast(null as {{ dbt.type_string() }}) as file_hash,
            cast(null as {{ dbt.type_string() }}) as file_name,
            cast(null as bigint) as arrival,
            cast(null as bigint) as record_number
        where false
    )
{%- endmacro %}
