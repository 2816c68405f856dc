"""People whose records were erased: the list that keeps them out, and how rows of them are found.

Rows are taken out where files are validated (`validation.erased_rows`) and where they were loaded
already (`ingestion.purge_raw`); releases are the release's to purge.
"""
