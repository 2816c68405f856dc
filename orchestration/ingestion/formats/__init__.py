"""How delivered files are written, and how each of them becomes columns of text."""
