"""The singular of counted things: `1 complaint log opened`, not `1 complaint logs opened`."""

import re

#: The first plural of a phrase; words such as `has` and `less` are not plurals.
PLURAL = re.compile(r"\b[a-z-]{3,}(?<![su])s\b")
IRREGULAR = {
    "people": "person",
    "stops and searches": "stop and search",
    "that are": "that is",
    "that were": "that was",
    "that count": "that counts",
    "that expire": "that expires",
}
IRREGULAR_WORDS = re.compile(rf"\b(?:{'|'.join(IRREGULAR)})\b")


def of(number: str, words: str) -> str:
    """A number with what it counts, in the singular for one.

    Returns the number as it is printed, followed by the words, which are given in the plural.
    """
    return f"{number} {singular(words) if number == '1' else words}".strip()


def singular(words: str) -> str:
    """Turn a plural phrase into the singular.

    Returns the phrase with its first plural, and that of the verb that follows it, in the singular.
    """
    plain = IRREGULAR_WORDS.sub(lambda found: IRREGULAR[found[0]], words)
    if plain.split(" ")[0] in {"person", "stop", "per"}:
        return plain
    return PLURAL.sub(_one, plain, count=1)


def _one(plural: re.Match[str]) -> str:
    word = plural[0]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]
