{# A number to twelve significant digits: powers and logarithms of engines differ in the last of a double's sixteen. Whole
   powers of ten are exact up to 22, so that every engine comes to the same double, the nearest to the number written with twelve
   digits. What is smaller than 1e-10 or not below 1e12 stays as it is. #}
{% macro twelve_digits(number) -%}
    {%- set scale = 'power(10, 11 - floor(log10(abs(' ~ number ~ '))))' -%}
    case
        when abs({{ number }}) >= 1e-10 and abs({{ number }}) < 1e12
            then round({{ number }} * {{ scale }}) / {{ scale }}
        else {{ number }}
    end
{%- endmacro %}


{# The rows of a table with a contract, on every engine: its columns in order, doubles to twelve digits. #}
{% macro default__get_select_subquery(sql) %}
    select
        {%- for name, column in model.columns.items() %}
        {{ twelve_digits(name) ~ ' as ' ~ name if column.data_type == 'double' else name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        {{ sql }}
    ) as model_subq
{%- endmacro %}
