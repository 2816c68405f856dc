"""What a run is about: landing, programmes, as-of date and new deliveries; late tables."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from orchestration import paths
from orchestration.ingestion import ledger
from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.ingestion.landing.scan import LandingScan, Replay, read_replay, scan
from orchestration.ingestion.pseudonyms.keys import keyring
from orchestration.programmes.programme import Programme, read_programmes
from orchestration.storage.engine import DUCKDB


def today() -> date:
    """The date in UTC, which is a run's as-of date unless another is given."""
    return datetime.now(UTC).date()


def has_files(folder: Path) -> bool:
    """Whether anything but folders and hidden files lies below a folder."""
    return any(path.is_file() and not path.name.startswith(".") for path in folder.rglob("*"))


@dataclass(frozen=True)
class RunInputs:
    """The inputs of one run; `replay` repeats the loads of a release in their order.

    `left_out` are programmes whose models failed, with what failed: the run goes on without them.
    `correction` is why figures are published before their date, None where they are not.
    `engine` computes the models: duckdb or spark. `incremental` builds only what changed since the
    run before, `full` every programme even when nothing is new.
    """

    landing: Path
    as_of: date
    replay_file: Path | None = None
    left_out: dict[str, str] = field(default_factory=dict)
    correction: str | None = None
    engine: str = DUCKDB
    incremental: bool = False
    full: bool = False

    @cached_property
    def contracts(self) -> list[TableContract]:
        """Every table that can be loaded."""
        return read_contracts()

    @cached_property
    def replay(self) -> Replay | None:
        """The loads to repeat, when a release is made again."""
        return read_replay(self.replay_file) if self.replay_file else None

    @property
    def again(self) -> Path | None:
        """The release to reproduce, if any: its folder holds the history it was built on."""
        replay = json.loads(self.replay_file.read_text("utf-8")) if self.replay_file else {}
        return Path(replay["again"]) if replay.get("again") else None

    @cached_property
    def programmes(self) -> list[Programme]:
        """The programmes whose folders are in this landing folder; a replay names its own.

        Programmes known from the public record alone deliver no files, or none yet; they join any
        other.
        """
        known = read_programmes()
        if self.replay:
            return [p for p in known if p.programme in self.replay.programmes]
        here = {p.programme for p in known if self._is_here(p)}
        joins = here and {p.programme for p in known if p.is_on_record_alone or self._waits(p)}
        return [p for p in known if p.programme in here or p.programme in joins]

    @cached_property
    def waiting(self) -> list[Programme]:
        """Programmes of this run that deliver files and never delivered one.

        What is public of them is released, and neither a folder in landing nor a key is asked for.
        """
        return [p for p in self.programmes if self._waits(p)]

    @property
    def delivering(self) -> list[Programme]:
        """The programmes of this run that do not wait: their files are looked for and read."""
        return [p for p in self.programmes if p not in self.waiting]

    def _is_here(self, programme: Programme) -> bool:
        return any((self.landing / name).is_dir() for name in programme.landing)

    def _waits(self, programme: Programme) -> bool:
        if not programme.may_wait:
            return False
        if self.replay:
            return all(owner != programme.programme for owner, *_ in self.replay.loads)
        return not (self._is_here(programme) or ledger.has_rows(programme.programme))

    @property
    def scope(self) -> list[str]:
        """The programmes' names in order, without those that failed."""
        names = [programme.programme for programme in self.programmes]
        return [name for name in names if name not in self.left_out]

    @cached_property
    def scan(self) -> LandingScan:
        """What lies in landing, compared with the ledger: looked at once a run."""
        return scan(self.landing, self.delivering, self.contracts, replay=self.replay)

    @cached_property
    def key_fingerprints(self) -> dict[str, str]:
        """The fingerprint of each programme's key. Raises KeyProblem for a missing or weak one."""
        keys = keyring(self.delivering, self.contracts)
        return {name: key.fingerprint for name, key in keys.items()}

    def used(self) -> list[TableContract]:
        """The tables that the programmes of this run deliver."""
        sources = {source for programme in self.delivering for source in programme.sources}
        return [contract for contract in self.contracts if contract.source in sources]

    def new_deliveries_hash(self) -> str:
        """One hash over the state of landing; it changes when a file arrives or is removed."""
        new = sorted("/".join(delivery.identity) for delivery in self.scan.deliveries)
        new += sorted("/".join((*row.identity, now.status)) for row, now in self.scan.changes)
        return sha256("\n".join(new).encode()).hexdigest()[:16]

    def tables(self) -> list[TableContract]:
        """The tables that have something new."""
        labels = {f"{found.source}.{found.table}" for found in self.scan.deliveries}
        return [contract for contract in self.contracts if contract.label in labels]


def make_run_inputs(
    landing: str | Path | None = None, as_of: date | None = None, replay: str | Path | None = None
) -> RunInputs:
    """The inputs of a run, with the home's landing folder and today where nothing is given."""
    folder = Path(landing).resolve() if landing else paths.landing()
    return RunInputs(folder, as_of or today(), Path(replay) if replay else None)


@dataclass(frozen=True)
class LateTable:
    """A table that is overdue, and the sentence that says so."""

    source: str
    table: str
    sentence: str

    def as_dict(self) -> dict[str, str]:
        """For the status file."""
        return asdict(self)


def late_tables(inputs: RunInputs, *, now: datetime | None = None) -> list[LateTable]:
    """Tables of the run's programmes whose last file came too long ago.

    A table that never had a file is not late: nobody announced it. New files in landing count as
    arrived now.
    """
    moment = now or datetime.now(UTC)
    last = ledger.last_loaded()
    arrived = {contract.label for contract in inputs.tables()}
    waiting = [contract for contract in inputs.used() if contract.label not in arrived]
    found = [_late(one, last.get((one.source, one.name)), moment) for one in waiting]
    return [late for late in found if late]


def _late(contract: TableContract, came: datetime | None, now: datetime) -> LateTable | None:
    days = contract.source_meta.fresh_within_days
    if days is None or came is None or now - came <= timedelta(days=days):
        return None
    since = f"{came:%Y-%m-%d}, {(now - came).days} days ago"
    sentence = f"{contract.label}: last file loaded on {since}; expected every {days} days"
    return LateTable(contract.source, contract.name, sentence)
