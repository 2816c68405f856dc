"""Everything a home needs, checked part by part; what is safe to repair is repaired when asked."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from orchestration import paths
from orchestration.access import audit_log
from orchestration.ingestion import ledger
from orchestration.ingestion.contracts.table import ContractProblem, read_contracts
from orchestration.ingestion.ledger import LedgerProblem
from orchestration.programmes.programme import ProgrammeProblem, read_programmes
from orchestration.release.build import PREFIX
from orchestration.release.current import LINK, current, published, unreadable
from orchestration.release.damage import damage, newest_whole, set_aside
from orchestration.release.history import anchors_of
from orchestration.release.public import memory
from orchestration.release.publish import swap
from orchestration.steps import dagster_home
from orchestration.steps.dagster_home import dagster_folder, unreadable_settings
from orchestration.steps.lock import HomeNotUsable, RunUnderWay, run_lock
from orchestration.steps.status import read_status, status_file
from orchestration.storage import durable

State = Literal["ok", "broken", "repaired"]
LITTLE_ROOM = 1 << 30
"""With fewer bytes free, a run of a middle-sized force may not finish."""


@dataclass(frozen=True)
class HomeCheck:
    """One thing that was checked: its state, what was found, and what to do if it is broken.

    `repair` repairs it where that loses nothing; it returns what it did.
    """

    name: str
    sentence: str
    state: State = "ok"
    remedy: str = ""
    repair: Callable[[], str] | None = None

    def as_dict(self) -> dict[str, str]:
        """The check for a program to read."""
        kept = {"name", "state", "sentence", "remedy"}
        return {key: value for key, value in asdict(self).items() if key in kept}


def examine(*, repair: bool = False) -> list[HomeCheck]:
    """Every check in order; with `repair`, what is safe to repair is repaired and reported.

    A repair takes the home's lock, so that no run is disturbed. Raises RunUnderWay where one is.
    """
    first = [*_writable(), *_lock(), *_room()]
    if any(check.state == "broken" for check in first[:2]):
        return first
    if not repair:
        return [*first, *_everything()]
    with run_lock():
        return [*first, *(_repaired(check) for check in _everything())]


def _everything() -> Iterator[HomeCheck]:
    for look in (
        _settings,
        _ledger,
        _raw,
        _serving,
        _memory,
        _releases,
        _status,
        _audit,
        _dagster,
        _leftovers,
    ):
        yield from look()


def _repaired(check: HomeCheck) -> HomeCheck:
    if check.repair is None:
        return check
    return HomeCheck(check.name, f"{check.sentence} {check.repair()}", "repaired")


def _writable() -> Iterator[HomeCheck]:
    home = paths.home()
    there = next(path for path in (home, *home.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        who = "Give whoever runs this the right to write there, or name another BODYWORN_HOME."
        yield HomeCheck("home", f"{home} cannot be written to.", "broken", who)
    elif wrong := paths.misplaced():
        names = ", ".join(map(str, wrong))
        how = "Move it away, or restore the folder from a backup."
        yield HomeCheck("home", f"A file lies where a folder should be: {names}.", "broken", how)
    else:
        new = "" if home.exists() else " It is not there yet: the first run makes it."
        yield HomeCheck("home", f"{home} can be written to.{new}")


def _lock() -> Iterator[HomeCheck]:
    """A run's lock; a file in the place of one of the home's folders was reported already."""
    path = paths.home() / "run.lock"
    if path.is_dir():
        yield HomeCheck("lock", f"{path} is a folder.", "broken", f"Remove it: rmdir '{path}'")
    elif not path.exists():
        yield HomeCheck("lock", "No run is under way.")
    else:
        try:
            with run_lock():
                yield HomeCheck("lock", "No run is under way.")
        except RunUnderWay as busy:
            yield HomeCheck("lock", f"{str(busy).capitalize()}.")
        except HomeNotUsable as problem:
            yield HomeCheck("lock", f"{problem}.", "broken", "Mend what the sentence names.")


def _room() -> Iterator[HomeCheck]:
    home = paths.home()
    there = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(there).free
    said = f"{free / (1 << 30):,.1f} GB are free in {there}."
    if free < LITTLE_ROOM:
        how = "Free space, or remove old releases: bodyworn release prune --keep 14"
        yield HomeCheck("room", said, "broken", how)
    else:
        yield HomeCheck("room", said)


def _settings() -> Iterator[HomeCheck]:
    try:
        count = f"{len(read_programmes())} programmes and {len(read_contracts())} contracts"
        yield HomeCheck("settings", f"{count} can be read.")
    except (ProgrammeProblem, ContractProblem) as problem:
        yield HomeCheck("settings", str(problem), "broken", "Mend the lines that are named.")


def _ledger() -> Iterator[HomeCheck]:
    try:
        yield HomeCheck("ledger", f"{len(ledger.read_ledger())} loads are on record.")
    except LedgerProblem as problem:
        how = "Restore ledger/ from a backup, or do what the sentence says."
        yield HomeCheck("ledger", str(problem), "broken", how)


def _raw() -> Iterator[HomeCheck]:
    try:
        known = ledger.read_ledger()
        rows = [row for row in known if row.load_status == "accepted" and row.is_counted]
    except LedgerProblem:
        return
    hurt = [row.file_name for row in rows if not row.is_kept]
    if hurt:
        names = ", ".join(hurt[:5]) + (f" and {len(hurt) - 5} more" if len(hurt) > 5 else "")  # noqa: PLR2004
        how = "The next run loads them again where they are in landing; else deliver them again."
        yield HomeCheck("raw", f"The rows of {names} are gone or cut off.", "broken", how)
    else:
        yield HomeCheck("raw", f"The rows of all {len(rows)} accepted files are there.")


def _serving() -> Iterator[HomeCheck]:
    """The release being served, or the newest whole one where the link is broken."""
    releases = paths.releases()
    link, serving = releases / LINK, current(releases)
    found = damage(serving) if serving else []
    if serving and not found:
        yield HomeCheck("current", f"{serving.name} is being served and is whole.")
        return
    whole = newest_whole(releases)
    gone = (read_status().get("success") or {}).get("release")
    if serving:
        said = f"{serving.name} is being served and is damaged: {'; '.join(found[:3])}."
    elif whole or link.is_symlink() or gone:
        said = f"{link} leads nowhere, and {gone or 'a release'} was served before."
    else:
        yield HomeCheck("current", "There is no release yet: `bodyworn run` makes one.")
        return
    if whole is None:
        how = "Restore releases/ from a backup; to begin a new history, move the folder away."
        yield HomeCheck("current", said, "broken", how)
    else:
        how = f"--repair serves {whole.name}, the newest release that is whole."
        yield HomeCheck("current", said, "broken", how, lambda: _serve(whole, serving))


def _serve(whole: Path, damaged: Path | None) -> str:
    aside = ""
    if damaged is not None:
        aside = f" {damaged.name} lies in {set_aside(damaged).name}."
    swap(whole)
    return f"Now {whole.name} is being served.{aside}"


def _memory() -> Iterator[HomeCheck]:
    """Everything ever published and hidden: without it the next release could reveal it."""
    serving = current(paths.releases())
    if serving is None or unreadable(serving):
        return
    if found := list(memory.faults(serving)):
        how = "--repair restores it from the newest release that still holds it."
        said = f"{'; '.join(found).capitalize()}."
        yield HomeCheck("memory", said, "broken", how, _restore_memory)
    else:
        count = len(memory.states(paths.releases()))
        yield HomeCheck("memory", f"What was published of {count} programmes is remembered.")


def _restore_memory() -> str:
    return " ".join(memory.restore(paths.releases()))


def _releases() -> Iterator[HomeCheck]:
    serving = current(paths.releases())
    others = [path for path in published(paths.releases()) if path.resolve() != serving]
    hurt = {path: found for path in others if (found := damage(path))}
    for path, found in hurt.items():
        how = "Restore it from a backup; --repair sets it aside."
        said = f"{path.name} is damaged: {'; '.join(found[:3])}."
        yield HomeCheck("releases", said, "broken", how, lambda path=path: _put_aside(path))  # type: ignore[misc]
    if not hurt:
        yield HomeCheck("releases", f"{len(others)} earlier releases are whole.")


def _put_aside(path: Path) -> str:
    return f"It lies in {set_aside(path).name}."


def _status() -> Iterator[HomeCheck]:
    if status_file().exists() and not read_status():
        how = "The next run writes it again; --repair removes it."
        said = f"{status_file()} cannot be read."
        yield HomeCheck("status", said, "broken", how, _forget_status)
    else:
        last = read_status().get("last_run")
        yield HomeCheck(
            "status", f"Last run: {last['sentence']}" if last else "No run has ended here."
        )


def _forget_status() -> str:
    status_file().unlink()
    return "It was removed."


def _audit() -> Iterator[HomeCheck]:
    """The record of who saw and did what, compared with what releases carry of it."""
    folder = paths.audit_log()
    if found := audit_log.verify(folder, anchors_of(paths.releases())):
        how = "Restore audit/ from a backup, and ask who changed it."
        said = f"The audit log cannot be relied on: {'; '.join(found[:3])}."
        yield HomeCheck("audit", said, "broken", how)
    else:
        head = audit_log.head(folder)
        count = head.sequence if head else 0
        yield HomeCheck("audit", f"The {count} events of the audit log are whole.")


def _dagster() -> Iterator[HomeCheck]:
    folder = dagster_folder()
    if said := unreadable_settings():
        sentence, _, remedy = said.partition(": ")
        yield HomeCheck("dagster", f"{sentence}.", "broken", f"{remedy.capitalize()}.")
        return
    hurt = dagster_home.damaged(folder, earlier_runs=True)
    if not hurt:
        yield HomeCheck("dagster", "Dagster's databases are sound.")
        return
    names = ", ".join(str(path.relative_to(folder)) for path in hurt)
    how = "--repair, or the next run, sets them aside; Dagster begins new ones."
    yield HomeCheck("dagster", f"Damaged: {names}.", "broken", how, lambda: _put_away(folder))


def _put_away(folder: Path) -> str:
    done = dagster_home.set_aside(folder)
    for path in dagster_home.damaged(folder, earlier_runs=True):
        path.rename(path.with_name(f"{path.name}.damaged"))
        done.append(f"{path.name} was set aside")
    return "; ".join(done) + "."


def _leftovers() -> Iterator[HomeCheck]:
    """What killed runs left: nothing reads it, and it takes up room."""
    releases = paths.releases()
    left = [
        *releases.glob(f"{PREFIX}*"),
        *releases.glob(".removed-*"),
        *ledger.incoming().glob("*"),
    ]
    left += [path for path in (paths.home() / ".demonstration",) if path.exists()]
    left += list(paths.home().glob(f"*/*{durable.UNFINISHED}"))
    if not left:
        yield HomeCheck("leftovers", "No run left anything half-made.")
        return
    names = ", ".join(path.name for path in left[:5])
    how = "--repair removes them; so does the next run."
    said = f"Half-made by runs that were killed: {names}."
    yield HomeCheck("leftovers", said, "broken", how, lambda: _remove(left))


def _remove(left: list[Path]) -> str:
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return f"{len(left)} removed."
