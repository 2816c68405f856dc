"""When and how data move: the Python side of Bodyworn."""
