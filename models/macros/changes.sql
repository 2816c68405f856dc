{# Which rows a run that goes on from the warehouse of the run before builds anew. `var('to_build')` says for every kept table
   which tables it reads by month (`near`) and which as a whole, and of which programmes a source beneath it changed; it is
   empty where everything is built. What a table did to its own rows it notes in dbt's graph, by content: who reads it comes
   later and finds it there. A table that was built again and holds the rows it held changed nothing. #}

{# A model whose rows of a month are made of nothing of the other but the rows of the same month, of the one before and of the
   one after (its `month_start`), or, in a view, of the same month alone; and rows without a month of such rows. A run that
   builds only some months reads these alone. #}
{% macro near(name) -%}
    {%- set relation = ref(name) -%}
    {%- set parts = parts_to_build() if execute and model.config.materialized == 'table' -%}
    {%- if not parts -%}
        {{ return(relation) }}
    {%- endif -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ rows_of(parts, 'month_start', reach=1) ~ ')') }}
{%- endmacro %}


{# The programmes of the model to build whole, and the months of others by programme; none where everything is built, or where
   nothing changed that the model reads. A change of a table without months, or of a programme in which a row reaches further
   than a month, touches all of the programme. #}
{% macro parts_to_build() -%}
    {%- set asked = var('to_build', {}).get(model.name) -%}
    {%- if not asked -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set whole = asked.changed | list -%}
    {%- set months = {} -%}
    {%- for change in graph.get('changes', []) -%}
        {%- if change.table in asked.whole
            or (change.table in asked.near and (change.month is none or change.programme in graph.get('unbounded', []))) -%}
            {%- do whole.append(change.programme) -%}
        {%- elif change.table in asked.near -%}
            {%- do months.setdefault(change.programme, []).extend(months_around(change.month)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for programme in whole if programme in months -%}
        {%- do months.pop(programme) -%}
    {%- endfor -%}
    {{ return({'whole': whole | unique | sort, 'months': months} if whole or months else none) }}
{%- endmacro %}


{# A month (its first day as text), the one before and the one after; no month has no other beside it. #}
{% macro months_around(month) -%}
    {%- if not month -%}
        {{ return([month]) }}
    {%- endif -%}
    {%- set number = month[:4] | int * 12 + month[5:7] | int - 1 -%}
    {%- set found = [] -%}
    {%- for one in [number - 1, number, number + 1] -%}
        {%- do found.append('%04d-%02d-01' | format(one // 12, one % 12 + 1)) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{# The condition that holds for the rows of some parts, by a column with the month; `reach` 1 takes the months around them too. #}
{% macro rows_of(parts, month, reach=0) -%}
    {%- set conditions = [] -%}
    {%- if parts.whole -%}
        {%- do conditions.append('programme_id in ' ~ names(parts.whole)) -%}
    {%- endif -%}
    {%- for programme, touched in parts.months.items() -%}
        {%- set months = [] -%}
        {%- for one in touched -%}
            {%- do months.extend(months_around(one) if reach else [one]) -%}
        {%- endfor -%}
        {%- set dated = months | select | unique | sort -%}
        {%- set either = [month ~ ' is null'] if '' in months else [] -%}
        {%- do either.append(month ~ " in (date '" ~ dated | join("', date '") ~ "')") if dated -%}
        {%- do conditions.append("(programme_id = '" ~ programme ~ "' and (" ~ either | join(' or ') ~ "))") -%}
    {%- endfor -%}
    {{ return('(' ~ conditions | join(' or ') ~ ')') }}
{%- endmacro %}


{% macro names(programmes) %}('{{ programmes | join("', '") }}'){% endmacro %}


{# The column with the month of a row; none in a table without months. #}
{% macro month_of(target) -%}
    {%- set columns = run_query('describe ' ~ target).columns[0].values() -%}
    {{ return('month_start' if 'month_start' in columns else 'period_start' if 'period_start' in columns else none) }}
{%- endmacro %}


{# What rows of some parts hold: how many there are and the sum of their hashes, by programme and month. #}
{% macro contents_of(target, parts, month) -%}
    {%- set found = {} -%}
    {%- set query -%}
        select
            programme_id,
            {{ "coalesce(cast(" ~ month ~ " as varchar), '')" if month else "null" }} as month,
            count(*) || ' ' || sum(hash(counted_rows)) as content
        from {{ target }} as counted_rows
        where {{ rows_of(parts, month) }}
        group by all
    {%- endset -%}
    {%- for row in run_query(query).rows -%}
        {%- do found.update({(row[0], row[1]): row[2]}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{# Note in which programmes and months a table changed, for the models that read it. #}
{% macro note_changes(before, after) -%}
    {%- for key in (before.keys() | list + after.keys() | list) | unique if before.get(key) != after.get(key) -%}
        {%- do graph.setdefault('changes', []).append({'table': model.name, 'programme': key[0], 'month': key[1]}) -%}
    {%- endfor -%}
{%- endmacro %}


{# Note programmes with a row that reaches beyond the neighbouring month: `lasts_ms` in the model's configuration says how
   long a row lasts. No month has fewer than 28 days; links reach two hours further at most. #}
{% macro note_unbounded(target) -%}
    {%- set lasts = model.config.meta.get('lasts_ms') -%}
    {%- if lasts -%}
        {%- set query = 'select distinct programme_id from ' ~ target ~ ' where ' ~ lasts ~ ' > ' ~ 20 * 86400000 -%}
        {%- do graph.setdefault('unbounded', []).extend(run_query(query).columns[0].values()) -%}
    {%- endif -%}
{%- endmacro %}
