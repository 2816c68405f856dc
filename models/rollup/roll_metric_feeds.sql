-- The feeds whose months a metric needs. Those that its SQL reads, but for registers and the details of records, which have
-- no months to miss, unless its entry names them: footage is linked to whatever is delivered, and needs none of it.
{% do every_metric() -%}
{% set named = [] -%}
{% for node in metric_models() -%}
    {% for feed in node.config.meta.get('feeds') or feeds_read(node) -%}
        {% do named.append("select '" ~ node.name | replace('met_', '', 1) ~ "' as metric_id, '" ~ feed ~ "' as feed") -%}
    {% endfor -%}
{% endfor -%}
{% if named -%}
    {{ named | join('\nunion all\n') }}
{%- else -%}
select
    cast(null as {{ dbt.type_string() }}) as metric_id,
    cast(null as {{ dbt.type_string() }}) as feed
where false
{%- endif %}
