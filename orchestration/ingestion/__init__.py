"""From files as delivered to one checked Parquet file each, with a ledger.

Landing finds files, contracts say what they should be, formats read them, validation decides row by
row, pseudonyms replace people; `load` and `ledger` keep what came of it. Nothing is joined, counted
or corrected here: that is SQL, in `models/`.
"""
