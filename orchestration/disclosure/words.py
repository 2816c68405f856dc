"""What a reader is told of a hidden figure: always the same, whichever reason it was hidden for."""

from orchestration.disclosure.policy import Rule

# Shorthand of the Government Statistical Service, in the order in which marks are written.
SHORTHAND = {
    "[c]": "confidential: hidden to protect people",
    "[x]": "not available: not supplied, or withheld because its counts are rounded",
    "[z]": "not applicable: there is nothing to divide by",
    "[u]": "too few events for a rate: only the counts are given",
    "[p]": "provisional: late records can still change it",
    "[r]": "revised since it was first published",
    "[b]": "break: a definition or way of counting changed within the period",
}


def hidden(rule: Rule) -> str:
    """The sentence for a hidden figure, with its own class's threshold.

    A figure hidden for the sake of another carries the same words: to tell them apart would say
    which of the two is small.
    """
    return (
        f"Hidden to protect people (fewer than {rule.threshold},"
        " or it would reveal a figure that is)."
    )
