{# Of the rows that give numbers of one area under several spellings, the one under its own name, else the first by name: two
   names of an area are no two areas. `keys` are the columns that, beside the area, name a number; `names` is the alias of
   `int_area_names`. A spelling that no area answers to stays. #}
{% macro one_row_per_area(relation, keys) -%}
    qualify row_number() over (
        {{ of_one_area(relation, keys) }}
        order by coalesce(names.is_own_name, false) desc, {{ relation }}.published_area
    ) = 1
{%- endmacro %}


{# Whether spellings of one area give different numbers of it: which of them is right nobody knows. #}
{% macro is_contested(relation, keys, numbers) -%}
    {%- for number in numbers -%}
        {{ 'or ' if not loop.first -}}
        coalesce(
            min({{ relation }}.{{ number }}) over ({{ of_one_area(relation, keys) }})
            <> max({{ relation }}.{{ number }}) over ({{ of_one_area(relation, keys) }}), false
        )
    {%- endfor -%}
{%- endmacro %}


{% macro of_one_area(relation, keys) -%}
    partition by {{ relation }}.programme_id, coalesce(names.area_id, {{ relation }}.published_area)
    {%- for key in keys %}, {{ relation }}.{{ key }}{% endfor %}
{%- endmacro %}
