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


{# The table when nothing was loaded for it. #}
{% macro empty_rows(table) -%}
    (
        select
            {% for column in table.columns.values() if column.config.meta.get('privacy') != 'drop' -%}
            {{ null_column(column.name, column.data_type) }},
            {% endfor -%}
            {% for name in load_columns() -%}
            {{ null_column(name, 'bigint' if name in ['arrival', 'record_number'] else 'string') }}{{ ',' if not loop.last }}
            {% endfor %}
        where false
    )
{%- endmacro %}


{# A column of nothing but its type. #}
{% macro null_column(name, data_type) -%}
    cast(null as {{ data_type }}) as {{ name }}
{%- endmacro %}
