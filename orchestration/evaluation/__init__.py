"""Estimators: pure functions of tables, without Dagster, Streamlit or DuckDB.

A design is its keys, its run and an example that runs. One package per kind of design; here only
what all designs share. Files, registers and releases of studies belong in `studies`.
"""
