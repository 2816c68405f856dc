"""Names that senders chose, in a form that is safe for terminals and pages."""

import os
import re

#: What replaces a word in a kept name that might be somebody's (`landing/shown_names.py`).
DIGEST = re.compile(r"hidden[0-9a-f]{8}")


def printable(name: str) -> str:
    """A printable form of a name: no bytes that are not UTF-8, no control characters.

    Characters that reverse the direction of writing are shown by their number too.
    """
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
