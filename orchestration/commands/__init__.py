"""One module per command of `bodyworn`."""
