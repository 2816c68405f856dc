{# A metric by month, whole and in parts: rows of a relation that fit `counted` among those that fit `among`, by the month in
   a column. A row without that month is in neither. A part not stated is a part of its own, so that parts add up. #}
{% macro share_by_month(relation, month, counted, among='true', parts=[]) -%}
    {%- for part in ['all'] + parts %}
    select
        programme_id,
        area_id,
        {{ month }} as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        count(*) filter (where {{ counted }}) as numerator,
        count(*) as denominator
    from {{ relation }} as counted_rows
    where {{ month }} is not null and {{ among }}
    group by all
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# A count by month, whole (unless `whole` is false) and in parts. #}
{% macro count_by_month(relation, month, among='true', parts=[], whole=true) -%}
    {%- for part in (['all'] if whole else []) + parts %}
    select
        programme_id,
        area_id,
        {{ month }} as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        count(*) as numerator,
        cast(null as bigint) as denominator
    from {{ relation }} as counted_rows
    where {{ month }} is not null and {{ among }}
    group by all
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# The label of a part: what a yes, a no and a blank of a column mean, or the text of the column. Cases with and without camera
   evidence differ in much else, so the label says wherever it is shown that the split is an association only. #}
{% macro part_value(part) -%}
    {%- set labels = {
        'is_domestic_abuse': ('domestic abuse', 'not domestic abuse'),
        'camera_evidence_used': ('used (association only)', 'not used (association only)'),
        'is_with_injury': ('with injury', 'without injury'),
        'is_encounter_related': ('encounter-related', 'not encounter-related')
    } -%}
    {%- if part == 'all' -%}
        'all'
    {%- elif part in labels -%}
        case
            when {{ part }} then '{{ labels[part][0] }}'
            when not {{ part }} then '{{ labels[part][1] }}'
            else 'not stated'
        end
    {%- else -%}
        coalesce(cast({{ part }} as {{ dbt.type_string() }}), 'not stated')
    {%- endif -%}
{%- endmacro %}


{# How many rows of a relation fit `counted` on the last day of each month, whole and in parts; `months.last_day` is that
   day. An area of the relation where none fits that day has zero and not nothing. #}
{% macro stock_by_month(relation, counted, parts=[]) -%}
    {%- for part in ['all'] + parts %}
    select
        counted_rows.programme_id,
        counted_rows.area_id,
        months.month_start as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        count(*) filter (where {{ counted }}) as numerator,
        cast(null as bigint) as denominator
    from {{ relation }} as counted_rows
    inner join {{ ref('int_programme_months') }} as months on counted_rows.programme_id = months.programme_id
    group by all
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
