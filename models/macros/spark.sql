{# What Spark needs and DuckDB does not: where sources are registered, seeds that keep their quotes and blanks, and contracts
   that hold on tables of plain Parquet. #}

{# A source as the run registered it before dbt began (orchestration/steps/spark.py): the schema beside that of the models. #}
{% macro spark_source(table) -%}
    {{ return(api.Relation.create(
        schema=target.schema ~ '_sources', identifier=table.source_name ~ '__' ~ table.name
    )) }}
{%- endmacro %}


{# So many days, months or other parts later. The adapter's own form goes through seconds since 1970, which are no wall-clock time
   to Spark where its timestamps have no zone: they came out as nulls. #}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    timestampadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}


{# Texts joined in their order. The adapter's own form collects them as they come, and leaves the order out. #}
{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    listagg({{ measure }}, {{ delimiter_text }}){{ ' within group (' ~ order_by_clause ~ ')' if order_by_clause }}
{%- endmacro %}


{# Rows of a seed as literals of their types. The adapter's own form puts them between quotes as they are, so that an apostrophe
   ends a text, and writes a blank as the word None. #}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = model.config.get('column_types', {}) -%}
    {%- set statements = [] -%}
    {%- for chunk in agate_table.rows | batch(1000) -%}
        {%- set sql -%}
            insert into {{ this.render() }} values
            {%- for row in chunk %}
            (
                {%- for name in agate_table.column_names -%}
                    {%- set kind = types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
                    {{ ', ' if not loop.first }}cast({{ spark_literal(row[loop.index0]) }} as {{ kind }})
                {%- endfor -%}
            ){{ ',' if not loop.last }}
            {%- endfor -%}
        {%- endset -%}
        {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
        {%- do statements.append(sql) -%}
    {%- endfor -%}
    {{ return(statements[0]) }}
{% endmacro %}

{% macro spark_literal(value) -%}
    {%- if value is none -%}
        null
    {%- else -%}
        '{{ value | string | replace('\\', '\\\\') | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}


{# Plain Parquet tables take no constraints. What the contract promises is counted instead, in one query, and the model fails
   where a row breaks it, so that nothing after it is built. #}
{% macro spark__persist_constraints(relation, model) %}
    {%- set promises = contract_promises(model) -%}
    {%- if config.get('contract').enforced and promises -%}
        {%- set counts = run_query(contract_query(relation, model, promises)).rows[0] -%}
        {%- for words, _ in promises -%}
            {%- if counts[loop.index0] -%}
                {%- do exceptions.raise_compiler_error(
                    'Constraint Error: ' ~ model.name ~ ': ' ~ words ~ ' is not so in ' ~ counts[loop.index0] ~ ' rows'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for key in contract_keys(model) -%}
            {%- set repeated = run_query(
                'select count(*) from (select 1 from ' ~ relation ~ ' group by ' ~ key | join(', ') ~ ' having count(*) > 1)'
            ).rows[0][0] -%}
            {%- if repeated -%}
                {%- do exceptions.raise_compiler_error(
                    'Constraint Error: ' ~ model.name ~ ': ' ~ repeated ~ ' keys (' ~ key | join(', ') ~ ') have several rows'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{# What a contract promises of every row: in words, and the condition that breaks it. #}
{% macro contract_promises(model) -%}
    {%- set found = [] -%}
    {%- for name, column in model.columns.items() -%}
        {%- for constraint in column.constraints or [] -%}
            {%- if constraint.type == 'check' -%}
                {%- do found.append((constraint.expression, 'not (' ~ constraint.expression ~ ')')) -%}
            {%- elif constraint.type in ['not_null', 'primary_key'] -%}
                {%- do found.append((name ~ ' not null', name ~ ' is null')) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in model.constraints or [] -%}
        {%- if constraint.type == 'check' -%}
            {%- do found.append((constraint.expression, 'not (' ~ constraint.expression ~ ')')) -%}
        {%- elif constraint.type == 'primary_key' -%}
            {%- for name in constraint.columns -%}
                {%- do found.append((name ~ ' not null', name ~ ' is null')) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro contract_query(relation, model, promises) -%}
    select
        {%- for _, broken in promises %}
        count(case when {{ broken }} then 1 end) as broken_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
{%- endmacro %}

{# Columns whose values together are to stand once. #}
{% macro contract_keys(model) -%}
    {%- set keys = [] -%}
    {%- for name, column in model.columns.items() -%}
        {%- for constraint in column.constraints or [] if constraint.type in ['primary_key', 'unique'] -%}
            {%- do keys.append([name]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in model.constraints or [] if constraint.type in ['primary_key', 'unique'] -%}
        {%- do keys.append(constraint.columns) -%}
    {%- endfor -%}
    {{ return(keys) }}
{%- endmacro %}
