"""The work inside Dagster's assets: inputs, loads, dbt, studies, publication, status and lock.

Each step is a plain function that can be called without Dagster. What Dagster shows (assets,
checks, sensors) belongs in `defs`; the work of a subject belongs in `ingestion`, `studies` or
`release`.
"""
