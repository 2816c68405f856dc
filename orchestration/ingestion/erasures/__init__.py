"""People whose records were erased: the list that excludes them, and how their rows are found.

Rows are removed where files are validated (`validation.erased_rows`) and where they were already
loaded (`ingestion.purge_raw`); `release` purges releases.
"""
