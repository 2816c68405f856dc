"""The Python side of Bodyworn: reading, running, estimating, releasing.

Packages import downwards only: `cli`, `commands`, `runner`, `definitions`, `defs`, `steps`; below
them `ingestion`; below it `studies`, `release` and `programmes`; then `evaluation` and
`disclosure`; at the bottom `storage` and `paths`. What a table holds is SQL, in `models/`.
"""
