"""People whose records were erased: the list that excludes them, and rows already loaded.

Rows are removed where files are validated (`validation.erased_rows`) and where they were already
loaded (`purge_raw`); `release` purges releases.
"""
