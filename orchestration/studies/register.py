"""The register of studies: append-only, each entry sealed with the one before it.

The chain shows that no entry was changed, inserted or removed after the next was made. It does not
show when an entry was made: for that there is only the register's own word, or an outside link.
"""

import csv
import fcntl
import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from orchestration.evaluation.core import Refusal
from orchestration.studies.study import Study

BEGINNING = "0" * 64
Word = Literal["confirmatory", "registered_before_data", "exploratory"]


@dataclass(frozen=True)
class Registration:
    """One registration; `sealed` is the hash of all before it in the line and of `previous`.

    `could_have_seen` says who could have seen the outcomes where they had begun and their data had
    not been obtained; it is empty for a study registered before its outcomes, or without a claim.
    """

    registered_at: str
    study: str
    study_sha256: str
    outcome_from: str
    outcome_to: str
    outside_link: str
    could_have_seen: str
    previous: str
    sealed: str

    @property
    def seal(self) -> str:
        """What `sealed` must be."""
        said = {name: value for name, value in asdict(self).items() if name != "sealed"}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Status:
    """Whether a study confirms or explores, and why."""

    word: Word
    reason: str


COLUMNS = [field.name for field in fields(Registration)]


def read_register(path: Path) -> list[Registration]:
    """Every entry, oldest first; none where there is no register yet.

    Raises Refusal, with the line, where the chain does not hold or time runs backwards.
    """
    if not path.exists() or not path.stat().st_size:
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        if rows.fieldnames != COLUMNS:
            raise Refusal(f"{path.name}, line 1: its columns must be {', '.join(COLUMNS)}")
        entries = [Registration(**{name: row[name] or "" for name in COLUMNS}) for row in rows]
    before, at = BEGINNING, ""
    for line, entry in enumerate(entries, start=2):
        if entry.previous != before or entry.sealed != entry.seal:
            raise Refusal(
                f"{path.name}, line {line}: the chain is broken here. An entry was changed, put in "
                "or taken out: restore the register from its history"
            )
        if entry.registered_at < at:
            raise Refusal(f"{path.name}, line {line}: registered before the entry above it")
        before, at = entry.sealed, entry.registered_at
    return entries


def register(
    study: Study,
    path: Path,
    link: str = "",
    now: datetime | None = None,
    could_have_seen: str = "",
) -> Registration:
    """Append the study and make it durable.

    Raises Refusal where the chain is broken, the study is in it, or it says no outcome window; and
    where `could_have_seen` is given of outcomes that are still to come, or of data at hand.
    """
    now = now or datetime.now(UTC)
    if study.outcome_window is None:
        raise Refusal(f"{study.name} says no outcome_window: without one nothing can be confirmed")
    if could_have_seen:
        _not_obtained(study, now)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        entries = read_register(path)
        for old in entries:
            if old.study_sha256 == study.sha256:
                raise Refusal(f"{study.name} was registered at {old.registered_at}, unchanged")
        entry = _next(study, link, now, could_have_seen, entries)
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if not path.stat().st_size:
            writer.writeheader()
        writer.writerow(asdict(entry))
        file.flush()
        os.fsync(file.fileno())
    return entry


def _not_obtained(study: Study, now: datetime) -> None:
    """Refuse a claim that existing data were not obtained where it cannot be true."""
    window = study.outcome_window
    if window is not None and now.astimezone(UTC).date() < window.first:
        raise Refusal(
            f"the outcomes of {study.name} begin on {window.first}: nobody could have seen them,"
            " and it is registered without saying who"
        )
    if study.inline is not None or study.data is not None:
        raise Refusal(f"{study.name} holds or names its table: its data were obtained")


def _next(
    study: Study, link: str, now: datetime, could_have_seen: str, entries: list[Registration]
) -> Registration:
    window = study.outcome_window
    said = Registration(
        registered_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        study=study.name,
        study_sha256=study.sha256,
        outcome_from=window.first.isoformat() if window else "",
        outcome_to=window.last.isoformat() if window else "",
        outside_link=link,
        could_have_seen=could_have_seen,
        previous=entries[-1].sealed if entries else BEGINNING,
        sealed="",
    )
    return Registration(**(asdict(said) | {"sealed": said.seal}))


def status_of(study: Study, path: Path) -> Status:
    """Confirmatory only if registered, as it stands, before the first day of its outcomes.

    The days are those on which outcomes happen, not those on which they were recorded. A study
    whose outcomes had begun, and whose data nobody here had, confirms nothing. It is distinguished
    from an exploratory one, and who could have seen the outcomes is named. Anything that cannot be
    shown is exploratory.
    """
    if study.outcome_window is None:
        return Status("exploratory", "the study says no outcome window")
    try:
        entries = read_register(path)
    except Refusal as error:
        return Status("exploratory", str(error))
    same = [entry for entry in entries if entry.study_sha256 == study.sha256]
    if not same:
        changed = any(entry.study == study.name for entry in entries)
        return Status(
            "exploratory",
            "the study was changed after it was registered"
            if changed
            else "the study was not registered",
        )
    return _timed(same[0], study.outcome_window.first)


def _timed(entry: Registration, first: date) -> Status:
    """The status of an unchanged registered study, by the day and by who had its data."""
    at, link = entry.registered_at, entry.outside_link
    witness = f", witnessed at {link}" if link else "; the date is the register's own word"
    if at[:10] >= first.isoformat() and entry.could_have_seen:
        return Status(
            "registered_before_data",
            f"registered unchanged on {at[:10]}, before its data were obtained; its outcomes had"
            f" begun on {first}, and could have been seen by {entry.could_have_seen}{witness}",
        )
    if at[:10] >= first.isoformat():
        return Status(
            "exploratory", f"registered on {at[:10]}, when its outcomes had begun on {first}"
        )
    return Status(
        "confirmatory",
        f"registered unchanged on {at[:10]}, before its outcomes began on {first}{witness}",
    )
