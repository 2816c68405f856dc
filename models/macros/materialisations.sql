-- How tables and views are created on DuckDB: replaced in one statement, which needs no transaction
-- around it. The intermediate copy, the renaming and the search for leftovers of dbt's own forms took more of
-- a small run than computing what is in the tables; so did asking of each mart which columns it has, before
-- commenting on those that its contract names.

{% materialization view, adapter="duckdb" %}
  {% set target = this.incorporate(type="view") %}
  {{ make_way_for(target) }}
  {% call statement("main", auto_begin=in_transaction()) %}
    create or replace view {{ target }} as ({{ compiled_code }})
  {% endcall %}
  {% do persist_docs(target, model) %}
  {{ finish() }}
  {{ return({"relations": [target]}) }}
{% endmaterialization %}


{% materialization table, adapter="duckdb" %}
  {% set target = this.incorporate(type="table") %}
  {% set is_kept = rows_are_kept() %}
  {% set parts = parts_to_build() if is_kept %}
  {% set month = month_of(target) if parts %}
  {% set before = contents_of(target, parts, month) if parts and var("to_build")[model.name].is_read else {} %}
  {{ make_way_for(target) }}
  {% call statement("main", auto_begin=in_transaction()) %}
    {% if config.get("contract").enforced %}
      {{ get_assert_columns_equivalent(compiled_code) }}
      create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
      insert into {{ target }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }});
      {{ comments_on(target) }}
    {% elif is_kept %}
      delete from {{ target }} where programme_id is null or programme_id not in {{ names(var("programmes")) }}
      {%- if parts %} or {{ rows_of(parts, month) }};
        insert into {{ target }} by name select * from ({{ compiled_code }}) where {{ rows_of(parts, month) }}
      {%- endif %}
    {% else %}
      create or replace table {{ target }} as ({{ compiled_code }})
    {% endif %}
  {% endcall %}
  {% if not config.get("contract").enforced %}{% do persist_docs(target, model) %}{% endif %}
  {{ finish() }}
  {% if is_kept %}
    {% do note_unbounded(target) %}
    {% if parts and var("to_build")[model.name].is_read %}
      {% do note_changes(before, contents_of(target, parts, month)) %}
    {% endif %}
  {% endif %}
  {{ return({"relations": [target]}) }}
{% endmaterialization %}


-- What takes more than one statement is done as a whole or not at all.
{% macro in_transaction() %}
  {{ return(config.get("contract").enforced or rows_are_kept() or (pre_hooks or post_hooks) | length > 0) }}
{% endmacro %}


-- Whether the warehouse holds the table of the run before and only some of its rows are built. No model of these layers joins
-- programmes, so that rows of one do not change with another's; filters on the programme reach down to the files.
{% macro rows_are_kept() %}
  {{ return(model.name in var("to_build", {})) }}
{% endmacro %}


-- A view cannot replace a table, nor a table a view.
{% macro make_way_for(target) %}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% set before = load_cached_relation(target) %}
  {% if before is not none and before.type != target.type %}
    {{ adapter.drop_relation(before) }}
  {% endif %}
{% endmacro %}


{% macro comments_on(target) %}
  {% if config.persist_relation_docs() and model.description %}
    {{ alter_relation_comment(target, model.description) }}
  {% endif %}
  {% if config.persist_column_docs() %}
    {% for name, column in model.columns.items() if column.description %}
      comment on column {{ target }}.{{ name }} is {{ duckdb_escape_comment(column.description) }};
    {% endfor %}
  {% endif %}
{% endmacro %}


{% macro finish() %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% if in_transaction() %}{{ adapter.commit() }}{% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}
