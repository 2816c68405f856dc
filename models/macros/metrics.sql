{# The met_ models of the graph, in order of name. #}
{% macro metric_models() -%}
    {%- set found = [] -%}
    {%- if execute and graph.get('nodes') -%}
        {%- for node in graph.nodes.values() | sort(attribute='name')
            if node.resource_type == 'model' and node.name.startswith('met_') -%}
            {%- do found.append(node) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{# All metrics as one relation. The build stops when a met_ model is not listed. #}
{% macro unite_metrics(parts) -%}
    {%- if execute and graph.get('nodes') -%}
        {%- do refuse_unlisted('metrics', metric_models() | map(attribute='name') | list, parts) -%}
    {%- endif -%}
    {%- for part in parts %}
    select
        '{{ part.identifier | replace("__dbt__cte__", "") | replace("met_", "", 1) }}' as metric_id,
        programme_id,
        area_id,
        period_start,
        period_grain,
        breakdown,
        breakdown_value,
        cast(numerator as decimal(28, 6)) as numerator,
        cast(denominator as decimal(28, 6)) as denominator
    from {{ part }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# Last day of a period that begins on a day. #}
{% macro last_day_of(grain, start, period_days) -%}
    cast(
        case
            when {{ grain }} = 'month' then {{ dbt.dateadd('month', 1, start) }}
            when {{ grain }} = 'quarter' then {{ dbt.dateadd('month', 3, start) }}
            when {{ grain }} = 'year' then {{ dbt.dateadd('month', 12, start) }}
            else {{ dbt.dateadd('day', period_days, start) }}
        end as date
    ) - 1
{%- endmacro %}


{# Whole months from a first to a last day. #}
{% macro months_between(first_day, last_day) -%}
    ({{ dbt.datediff(first_day, last_day, 'month') }} + 1)
{%- endmacro %}


{# A slip in the entry of a metric would otherwise be lost without a word. #}
{% macro refuse_unknown_keys(name, entry, known) -%}
    {%- for key in entry if key not in known -%}
        {{ exceptions.raise_compiler_error(name ~ ': unknown key in its entry: ' ~ key) }}
    {%- endfor -%}
{%- endmacro %}
