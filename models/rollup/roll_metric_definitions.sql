-- One row per metric, from the YAML entry next to its SQL. dbt's graph, where the entries stand, makes no lineage; the refs of
-- every_metric() do.
{% do every_metric() -%}
{% set texts = [
    'label', 'topic', 'definition', 'numerator_words', 'denominator_words', 'kind', 'unit', 'direction',
    'why_it_matters', 'rise_can_mean', 'fall_can_mean', 'owner', 'breaks', 'highest', 'no_interval', 'completeness',
    'disclosure'
] -%}
{% set numbers = ['per_count', 'divide_by', 'grace_days', 'version', 'period_days', 'complete_from'] -%}
{% for node in metric_models() -%}
    {% set entry = node.config.meta -%}
    {% do refuse_unknown_keys(node.name, entry, texts + numbers + ['stock', 'from_cameras', 'feeds', 'without']) -%}
    select
        {{ text(node.name | replace('met_', '', 1)) }} as metric_id,
        {% for name in texts -%}
            {{ text(entry.get(name)) }} as {{ name }},
        {% endfor -%}
        {% for name in ['count', 'breakdown', 'needs'] -%}
            {{ text(entry.get('without', {}).get(name)) }} as without_{{ name }},
        {% endfor -%}
        {% for number in numbers -%}
            cast({{ entry.get(number, {'per_count': 1, 'divide_by': 1}.get(number, 'null')) }} as bigint) as {{ number }},
        {% endfor -%}
        {{ entry.get('stock', false) | lower }} as is_stock,
        {{ entry.get('from_cameras', false) | lower }} as is_from_cameras
    {%- if not loop.last %}
union all
{% endif -%}
{% else -%}
select
    cast(null as {{ dbt.type_string() }}) as metric_id,
    {% for name in texts -%}
    cast(null as {{ dbt.type_string() }}) as {{ name }},
    {% endfor -%}
    {% for name in ['count', 'breakdown', 'needs'] -%}
    cast(null as {{ dbt.type_string() }}) as without_{{ name }},
    {% endfor -%}
    {% for number in numbers -%}
    cast(null as bigint) as {{ number }},
    {% endfor -%}
    cast(null as boolean) as is_stock,
    cast(null as boolean) as is_from_cameras
where false
{%- endfor %}
