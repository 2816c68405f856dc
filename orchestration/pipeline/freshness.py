"""Which tables have waited longer for a delivery than their contract allows."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from orchestration.ingestion import ledger
from orchestration.ingestion.contract import TableContract
from orchestration.pipeline.landed import Landed


@dataclass(frozen=True)
class Late:
    """A table that is overdue, in words."""

    source: str
    table: str
    sentence: str

    def as_dict(self) -> dict[str, str]:
        """For the status file."""
        return asdict(self)


def late_tables(inputs: Landed, *, now: datetime | None = None) -> list[Late]:
    """Tables of the run's programmes whose last file came too long ago.

    A table that never had a file is not late: nobody promised it. New files in landing count as
    arrived now.
    """
    moment = now or datetime.now(UTC)
    last = ledger.last_loaded()
    arrived = {contract.label for contract in inputs.tables()}
    waiting = [contract for contract in inputs.used() if contract.label not in arrived]
    found = [_late(one, last.get((one.source, one.name)), moment) for one in waiting]
    return [late for late in found if late]


def _late(contract: TableContract, came: datetime | None, now: datetime) -> Late | None:
    days = contract.source_meta.fresh_within_days
    if days is None or came is None or now - came <= timedelta(days=days):
        return None
    since = f"{came:%Y-%m-%d}, {(now - came).days} days ago"
    sentence = f"{contract.label}: last file loaded on {since}; expected every {days} days"
    return Late(contract.source, contract.name, sentence)
