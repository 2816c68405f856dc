{# All staging models of a feed as one relation. The refs carry the lineage; the build stops when the graph holds a
   model of the feed that is not listed, or when two of them do not return the same columns in the same order. #}
{% macro unite(feed, parts) -%}
    {%- if execute and graph.get('nodes') -%}
        {%- do refuse_unlisted('feed ' ~ feed, models_of_feed(feed), parts) -%}
        {%- do refuse_different_columns(parts) -%}
    {%- endif -%}
    {%- for part in parts %}
    select * from {{ part }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# A staging model belongs to the feed it names itself, or else to that of the source table it reads. #}
{% macro models_of_feed(feed) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.fqn[1] == 'staging' -%}
        {%- set feeds = [node.config.meta.get('feed')] -%}
        {%- for parent in node.depends_on.get('nodes', []) if parent in graph.sources and not feeds[0] -%}
            {%- do feeds.append(graph.sources[parent].config.meta.get('feed')) -%}
        {%- endfor -%}
        {%- if feed in feeds -%}
            {%- do found.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro refuse_unlisted(what, names, parts) -%}
    {%- set listed = parts | map(attribute='identifier') | map('replace', '__dbt__cte__', '') | list -%}
    {%- set missing = names | reject('in', listed) | sort | list -%}
    {%- if missing -%}
        {{ exceptions.raise_compiler_error(
            what ~ ': ' ~ missing | join(', ') ~ ' is not listed in ' ~ model.name
            ~ '; add ref(\'' ~ missing[0] ~ '\') to the list'
        ) }}
    {%- endif -%}
{%- endmacro %}


{% macro refuse_different_columns(parts) -%}
    {%- set shapes = [] -%}
    {%- for part in parts if flags.INTROSPECT and part.schema and load_relation(part) is not none -%}
        {#- The adapter's own question would begin a transaction that the model does not end. -#}
        {%- do shapes.append(run_query('describe ' ~ part).columns[0].values() | join(', ')) -%}
        {%- if shapes[-1] != shapes[0] -%}
            {{ exceptions.raise_compiler_error(
                part.identifier ~ ' returns (' ~ shapes[-1] ~ ') where ' ~ parts[0].identifier
                ~ ' returns (' ~ shapes[0] ~ '); the parts of a union need the same columns in the same order'
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
