"""From files as delivered to one checked Parquet file each, with a ledger.

`landing` finds files, `contracts` says what they should hold, `formats` reads them, `validation`
decides row by row and replaces identifiers by `pseudonyms`. `load` stores the accepted rows
(`write_raw`) and the result (`ledger`). The types they share are in `delivery`. Nothing is joined,
counted or corrected here: SQL in `models/` does that.
"""
