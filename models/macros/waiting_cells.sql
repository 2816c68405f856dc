{# Every length of period for the whole, and the long ones for the parts. #}
{% macro waiting_cells(parts) -%}
    {%- set cells = [('month', 'all'), ('quarter', 'all'), ('year', 'all'), ('window', 'all')] -%}
    {%- for part in parts -%}
        {%- do cells.extend([('year', part), ('window', part)]) -%}
    {%- endfor -%}
    {{ return(cells) }}
{%- endmacro %}
