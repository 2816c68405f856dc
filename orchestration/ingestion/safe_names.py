"""Names that senders chose, in a form that harms no terminal and no page."""

import os
import re

#: What stands in a kept name for a word that might be somebody's (`landing/shown_names.py`).
DIGEST = re.compile(r"hidden[0-9a-f]{8}")


def printable(name: str) -> str:
    """A name fit for print: no bytes that are not UTF-8, no signs that steer a terminal.

    Nor any that turn the direction of writing round: they are shown by their number.
    """
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
