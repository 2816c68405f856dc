"""Estimates from trials: pure functions of tables, without Dagster, Streamlit or DuckDB."""
