"""What pages read: the open release, the rows of metrics, sources and lineage.

The only place that opens a release. Nothing here draws or writes to the page.
"""
