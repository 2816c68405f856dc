{# All staging models of a feed as one relation. The refs carry the lineage; the build stops when the graph holds a model of
   the feed that is not listed. Where there are several, each gives the columns of the feed, in whatever order: those that
   it lacks are padded with nulls, and one that the feed does not know stops the build. `also` names columns, with their
   types, that publishers give and our own layout does not. #}
{% macro unite(feed, parts, also={}) -%}
    {%- if execute and graph.get('nodes') -%}
        {%- do refuse_unlisted('feed ' ~ feed, models_of_feed(feed), parts) -%}
    {%- endif -%}
    {%- for part in parts %}
    select
        {{ padded_columns(part, feed, feed_columns(feed, parts, also)) if execute and parts | length > 1 else '*' }}
    from {{ part }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# The columns of a feed and their types: those of its table in our own layout, as its contract declares them, and others.
   dbt shows a unit test no graph: there they are those that the parts have. #}
{% macro feed_columns(feed, parts, also) -%}
    {%- set columns = {'programme_id': 'string'} -%}
    {%- for part in parts if 'sources' not in graph -%}
        {%- do columns.update(columns_of(part) or {}) -%}
    {%- endfor -%}
    {%- for table in graph.get('sources', {}).values()
        if table.source_name == project_name and table.config.meta.get('feed') == feed -%}
        {%- for column in table.columns.values() if column.config.meta.get('privacy') != 'drop' -%}
            {%- do columns.update({column.name: column.data_type}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do columns.update(also) -%}
    {{ return(columns) }}
{%- endmacro %}


{# Every column of a feed: from the part where it has it, else a null of its type. #}
{% macro padded_columns(part, feed, columns) -%}
    {%- set held = columns_of(part) -%}
    {%- for name in held or [] if name not in columns -%}
        {{ exceptions.raise_compiler_error(
            part.identifier ~ ' returns ' ~ name ~ ', which feed ' ~ feed ~ ' does not know: it has '
            ~ columns.keys() | join(', ') ~ '; correct the name, or add it with its type to `also` in ' ~ model.name
        ) }}
    {%- endfor -%}
    {%- for name, data_type in columns.items() -%}
        {{ name if held is none or name in held else null_column(name, data_type) }}
        {{- ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{# The columns of a model that is built, with their types; none where the engine cannot be asked. The input of a unit test
   has the columns of the model it stands for. #}
{% macro columns_of(part) -%}
    {%- set built = load_cached_relation(
        api.Relation.create(target.database, target.schema, part.identifier | replace('__dbt__cte__', ''))
    ) if flags.INTROSPECT -%}
    {%- if built -%}
        {#- The adapter's own question would begin a transaction that the model does not end. -#}
        {%- set held = {} -%}
        {%- for column in run_query('describe ' ~ built).rows -%}
            {%- do held.update({column[0]: column[1]}) -%}
        {%- endfor -%}
        {{ return(held) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{# A staging model belongs to the feed it names itself, or else to that of the source table it reads. #}
{% macro models_of_feed(feed) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.fqn[1] == 'staging' -%}
        {%- set feeds = [node.config.meta.get('feed')] -%}
        {%- for parent in node.depends_on.get('nodes', []) if parent in graph.get('sources', {}) and not feeds[0] -%}
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
