-- How a table and a view come to stand on DuckDB: replaced in one statement. The intermediate copy, the
-- renaming and the search for leftovers of dbt's own forms took more of a small run than computing what is
-- in the tables.

{% materialization view, adapter="duckdb" %}
  {% set target = this.incorporate(type="view") %}
  {{ make_way_for(target) }}
  {% call statement("main") %}
    create or replace view {{ target }} as ({{ compiled_code }})
  {% endcall %}
  {{ finish(target) }}
  {{ return({"relations": [target]}) }}
{% endmaterialization %}


{% materialization table, adapter="duckdb" %}
  {% set target = this.incorporate(type="table") %}
  {{ make_way_for(target) }}
  {% call statement("main") %}
    {% if config.get("contract").enforced %}
      {{ get_assert_columns_equivalent(compiled_code) }}
      create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
      insert into {{ target }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }})
    {% else %}
      create or replace table {{ target }} as ({{ compiled_code }})
    {% endif %}
  {% endcall %}
  {{ finish(target) }}
  {{ return({"relations": [target]}) }}
{% endmaterialization %}


-- A view cannot replace a table, nor a table a view.
{% macro make_way_for(target) %}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% set before = load_cached_relation(target) %}
  {% if before is not none and before.type != target.type %}
    {{ adapter.drop_relation(before) }}
  {% endif %}
{% endmacro %}


{% macro finish(target) %}
  {% do persist_docs(target, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}
