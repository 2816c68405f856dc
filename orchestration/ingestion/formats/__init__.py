"""How delivered files are written, and how each of them becomes columns of text.

One module per format, each with a count of records that does not come from its reader. Types,
contracts and reasons for rejection belong in `validation`.
"""
