{# All staging models of a feed, named, as one relation: the refs made here carry the lineage. The build stops when the graph
   holds a model of the feed that is not listed. Where there are several, each gives the columns of the feed, in whatever
   order: those that it lacks are padded with nulls, and one that the feed does not know stops the build. `also` names
   columns, with their types, that publishers give and our own layout does not. A unit test gives the models it needs; those
   it does not give have no rows, so that one more source of a feed breaks no test. `feeds` is one or several; with their
   grain, rows say as `row_grain` what they stand for: the `grain` of their contract, or else their feed. #}
{% macro unite(feeds, names, also={}, with_grain=false) -%}
    {%- set feeds = [feeds] if feeds is string else feeds -%}
    {%- set feed = feeds | join(' and ') -%}
    {%- set parts = [] -%}
    {%- for name in names if is_given(name) -%}
        {%- do parts.append(ref(name)) -%}
    {%- endfor -%}
    {%- if execute and graph.get('nodes') -%}
        {%- for one in feeds -%}
            {%- do refuse_unlisted('feed ' ~ one, models_of_feed(one), parts) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for part in parts %}
    select
        {{ padded_columns(part, feed, feed_columns(feeds, parts, also)) if execute and parts | length > 1 else '*' }}
        {%- if with_grain %},
        {{ text(grain_of(part)) }} as row_grain
        {%- endif %}
    from {{ part }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# Whether a model is there to read: in a unit test those are that it gives rows of. #}
{% macro is_given(name) -%}
    {{ return(
        not execute
        or model.resource_type != 'unit_test'
        or 'model.' ~ project_name ~ '.' ~ name in model.depends_on.nodes
    ) }}
{%- endmacro %}


{# The columns of a feed and their types: those of its table in our own layout, as its contract declares them, and others.
   dbt shows a unit test no graph: there they are those that the parts have. #}
{% macro feed_columns(feeds, parts, also) -%}
    {%- set columns = {'programme_id': 'string'} -%}
    {%- for part in parts if 'sources' not in graph -%}
        {%- do columns.update(columns_of(part) or {}) -%}
    {%- endfor -%}
    {%- for table in graph.get('sources', {}).values()
        if table.source_name == project_name and table.config.meta.get('feed') in feeds -%}
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
        api.Relation.create(target.database | default(none), target.schema, part.identifier | replace('__dbt__cte__', ''))
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


{# What a row of a staging model stands for: the grain of the source table it reads, or else its feed. #}
{% macro grain_of(part) -%}
    {%- set found = [] -%}
    {%- for node in graph.get('nodes', {}).values() if execute and node.name == part.identifier -%}
        {%- for parent in node.depends_on.get('nodes', []) if parent in graph.sources -%}
            {%- set meta = graph.sources[parent].config.meta -%}
            {%- do found.append(meta.get('grain', meta.get('feed'))) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | first if found else none) }}
{%- endmacro %}


{# What the rows of a group agree on; null where they differ. #}
{% macro agreed(column) -%}
    case when min({{ column }}) = max({{ column }}) then min({{ column }}) end
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
            ~ '; add ' ~ missing[0] ~ ' to the list'
        ) }}
    {%- endif -%}
{%- endmacro %}
