"""When a figure of the models and its slow twin are the same."""

from decimal import Decimal

from tests.metrics.slow_rows import Counts, Figures

KEPT = Decimal("0.000001")


def counted(figures: Figures) -> Figures:
    """Figures with something in them."""
    return {key: counts for key, counts in figures.items() if any(counts)}


def differs(one: Counts, other: Counts) -> bool:
    """Whether counts differ; hours are kept to six decimals."""
    return any(
        abs((a or Decimal(0)) - (b or Decimal(0))) > KEPT for a, b in zip(one, other, strict=True)
    )
