"""From files as delivered to one checked Parquet file each, with a ledger.

`landing` finds files, `contracts` says what they should hold, `formats` reads them, `validation`
decides row by row and puts `pseudonyms` in the place of identifiers. `load` stores what is accepted
(`write_raw`) and what was found (`ledger`). What all of them speak of is in `delivery`. Nothing is
joined, counted or corrected here: that is SQL, in `models/`.
"""
