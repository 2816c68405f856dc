{# The sample that gives a share to within ten points either way, 19 times in 20, whatever the share: Cochran, Sampling
   Techniques (1977), 4.4, with the correction for a finite population. Whole, and never more than the population. #}
{% macro sufficient_sample(population) -%}
    cast(ceil(
        {{ z() }} * {{ z() }} * 25 / (1 + ({{ z() }} * {{ z() }} * 25 - 1) / {{ population }})
    ) as bigint)
{%- endmacro %}
