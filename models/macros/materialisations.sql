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
  {{ make_way_for(target) }}
  {% call statement("main", auto_begin=in_transaction()) %}
    {% if config.get("contract").enforced %}
      {{ get_assert_columns_equivalent(compiled_code) }}
      create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
      insert into {{ target }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }});
      {{ comments_on(target) }}
    {% elif rows_are_kept() %}
      delete from {{ target }} where programme_id is null or programme_id not in {{ names(var("kept_programmes")) }};
      {% set rebuilt = var("programmes") | reject("in", var("kept_programmes")) | list %}
      {% if rebuilt %}
        insert into {{ target }} by name select * from (
          {{ compiled_code }}
        ) where programme_id in {{ names(rebuilt) }}
      {% endif %}
    {% else %}
      create or replace table {{ target }} as ({{ compiled_code }})
    {% endif %}
  {% endcall %}
  {% if not config.get("contract").enforced %}{% do persist_docs(target, model) %}{% endif %}
  {{ finish() }}
  {{ return({"relations": [target]}) }}
{% endmaterialization %}


-- What takes more than one statement is done as a whole or not at all.
{% macro in_transaction() %}
  {{ return(config.get("contract").enforced or rows_are_kept() or (pre_hooks or post_hooks) | length > 0) }}
{% endmacro %}


-- Whether the warehouse holds the table of the run before and only some programmes of it are built. No model of
-- these layers joins programmes, so that rows of one do not change with another's; filters on the programme reach
-- down to the files.
{% macro rows_are_kept() %}
  {% if model.fqn[1] not in ["intermediate", "metrics"] or not var("kept_programmes") %}
    {{ return(false) }}
  {% endif %}
  {% set before = load_cached_relation(this) %}
  {{ return(before is not none and before.type == "table") }}
{% endmacro %}


{% macro names(programmes) %}('{{ programmes | join("', '") }}'){% endmacro %}


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
