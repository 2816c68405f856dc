"""What no sentence of the product may hold, and figures said more finely than they are known.

A mark is a pattern with the words for it. Code in backticks, addresses and file names are left out.
"""

import re

CODE = re.compile(
    r"`[^`]*`|https?://[^\s)]+|<[^<>\s]+>|[\w/-]+\.(?:csv|json|yml|parquet|md|pdf|xlsx|sql)\b"
    r"|\b\d{4}-\d{2}-\d{2}-[0-9a-f]{12}\b"
)
ESCAPED = re.compile(r"\\([\\`*_\[\]$<>~#|:])")
MARKS = {
    "an exponent": re.compile(r"\d[eE][+-]?\d"),
    # A sentence may begin with the word None.
    "a hole in the data": re.compile(r"\b(?:nan|NaN|inf|NaT|null)\b|(?<!^)(?<![.!?] )\bNone\b"),
    "a name of the code": re.compile(r"(?<![\w/])[A-Za-z]+_[A-Za-z_]+\b"),
    "an escape": re.compile(r"\\"),
    "a clock that nobody set": re.compile(r"\b00:00(?::00)?\b"),
    "four decimals": re.compile(r"(?<![\d.])(?!0\.0)\d+\.\d{4,}(?![\d.])"),
    "thousands of per cent": re.compile(r"\d,\d{3}(?:\.\d+)? ?%"),
    "per cent apart from its number": re.compile(r"\d %"),
    "a number without its commas": re.compile(r"(?<![\d.,-])\d{5,}(?![\d.-])"),
    "a doubled stop": re.compile(r"[.!?,;:]\.(?!\d)|,,|\.\s*\.(?!\.)|  "),
    "a bracket left open": re.compile(r"\([^()]*$"),
    "a plural of one": re.compile(r"(?<![\d.,:/-])(?<!of )1 [a-z-]{3,}(?<![su])s\b"),
    "a sum of nothing": re.compile(r"\bbetween (\S+) and \1(?![\w.,])"),
}
#: Percentage points between the ends from which no decimals are said.
WIDE = 10
#: An interval as the engine says it: two ends in per cent, points or a unit.
ENDS = re.compile(r"between (-?[\d,.]+)% and (-?[\d,.]+)%")


def unescaped(text: str) -> str:
    """The text as a reader sees it: Markdown's escapes read, code and addresses left out."""
    return CODE.sub("…", ESCAPED.sub(r"\1", text))


def found_in(text: str, *, is_markdown: bool = False) -> list[str]:
    """The marks in a sentence, each with the words around it."""
    said = unescaped(text) if is_markdown else CODE.sub("…", text)
    found = []
    for name, pattern in MARKS.items():
        if hit := pattern.search(said):
            around = said[max(0, hit.start() - 40) : hit.end() + 40]
            found.append(f"{name}: …{around}…")
    return found + _too_fine(said)


def _too_fine(text: str) -> list[str]:
    """Intervals said with decimals though their ends lie ten or more apart."""
    found = []
    for low, high in ENDS.findall(text):
        near, far = sorted(abs(float(each.replace(",", ""))) for each in (low, high))
        if near >= 1 and far - near >= WIDE and "." in low + high:
            found.append(f"false precision: between {low}% and {high}%")
    return found
