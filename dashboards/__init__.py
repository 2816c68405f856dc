"""Pages over the released tables: they select and explain, and never compute a figure."""
