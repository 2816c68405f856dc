"""What is sent to the process that reads a delivered file, and what comes back.

The sender imports none of the libraries that read, so that both processes start side by side.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Allowance, Delivery, FileLimits, NotNow
from orchestration.ingestion.pseudonyms.keys import Key
from orchestration.ingestion.validation.erased_rows import ErasedPeople

if TYPE_CHECKING:
    from orchestration.ingestion.validation.result import ValidationResult


@dataclass(frozen=True)
class Task:
    """A file to validate under a contract; accepted rows go to `output`, if that is given.

    `areas` are the spellings of the programme's areas; without any, no area is checked. Rows of
    `erased` people are left out.
    """

    path: Path
    contract: TableContract
    as_of: date
    time_zone: str
    key: Key | None
    limits: FileLimits = field(default_factory=FileLimits)
    delivery: Delivery | None = None
    output: Path | None = None
    areas: tuple[str, ...] = ()
    erased: ErasedPeople | None = None

    @property
    def allowance(self) -> Allowance:
        """What reading the file may use; the least there is when the file is gone."""
        try:
            size = self.path.stat().st_size
        except OSError:
            size = 0
        return self.limits.allowance(size)


@dataclass(frozen=True)
class Outcome:
    """The result of validation, without its rows.

    `is_unequal` is True when another reader found that the written file differs from the accepted
    rows: it is left at the output and the file is refused.
    """

    result: "ValidationResult"
    is_unequal: bool = False


Answer = Outcome | NotNow | OSError
