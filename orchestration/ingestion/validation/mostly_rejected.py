"""Refuses a file of which nothing, or too little, fits its contract."""

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.validation.result import ValidationResult, count_rejects

FEWEST = 20
"""With fewer rejected records a share means nothing: small files may have a few bad rows."""
REASONS_NAMED = 3


def too_little_fits(result: ValidationResult, contract: TableContract) -> str | None:
    """Why a validated file is refused as a whole; None where enough of it fits.

    A file that is mostly rejected is not what its contract describes, whatever the reason: its
    accepted rows would count as if they were all there was.
    """
    tried = result.records - result.blank
    if not result.rejected:
        return None
    reasons = _most_frequent(result)
    if result.accepted == 0:
        return f"None of its {tried:,} records fits the contract ({reasons})."
    limit = contract.meta.refuse_above_rejected
    if result.rejected < FEWEST or result.rejected <= limit * tried:
        return None
    return (
        f"{result.rejected:,} of its {tried:,} records were rejected ({reasons}), and a file"
        f" of which more than {limit:.0%} is rejected is refused: mend it, or raise"
        " `refuse_above_rejected` in the contract."
    )


def _most_frequent(result: ValidationResult) -> str:
    """The most frequent faults by column and reason; never a value."""
    found = sorted(count_rejects(result.rejects), key=lambda each: -each["rejected_count"])
    named = [
        f"{each['rejected_count']:,} in {each['column_name']}: {each['reason']}"
        for each in found[:REASONS_NAMED]
    ]
    return "; ".join(named)
