"""Charts: rows in, an Altair chart out. Nothing here reads a release or writes a sentence."""
