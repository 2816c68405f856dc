{# The delivered tables of the graph, in order of name; stops the build when one is not listed. #}
{% macro delivered_tables(listed) -%}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- set known = [] -%}
        {%- for relation in listed -%}
            {%- do known.append(relation.schema ~ '.' ~ relation.identifier) -%}
        {%- endfor -%}
        {%- for table in graph.sources.values() | sort(attribute='unique_id') if table.fqn[1] == 'staging' -%}
            {%- if table.schema ~ '.' ~ table.identifier not in known -%}
                {{ exceptions.raise_compiler_error(
                    table.source_name ~ '.' ~ table.name ~ ' is not listed in ' ~ model.name ~ '; add source(\''
                    ~ table.source_name ~ '\', \'' ~ table.name ~ '\')'
                ) }}
            {%- endif -%}
            {%- do tables.append(table) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(tables) }}
{%- endmacro %}
