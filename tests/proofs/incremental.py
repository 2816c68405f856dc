"""The proof of runs that build only what changed: after any deliveries, as if built from nothing.

`python -m tests.proofs.incremental --chains 4` makes two small programmes of invented people (every
second chain one, which nothing can be kept of but tables and months) and delivers to them at
random: files that are new, come late, are corrected in place, correct rows of earlier files, move
rows to another month or to its last minutes, are withdrawn or come back; people are erased; runs
are killed. After every second step and the last, of two deliveries each, the home is compared with
a copy of itself from before the step, in which everything was built anew (`--full`): every table of
both warehouses and every released table, by content. Rows that should have been built anew and were
not stay until a step that touches them, so that a comparison sees the steps before it too. It
prints what was compared and ends with 1 where anything differs. `--real FOLDER` does the same over
a landing folder of real files (`python -m tests.real_data FOLDER` makes one), a file at a time.
"""

import argparse
import csv
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration import paths
from orchestration.release.current import read_manifest
from orchestration.storage.hashes import of_relation
from orchestration.storage.sql import identifier
from orchestration.synthetic_data.presets import find_setting
from orchestration.synthetic_data.synthesise import write_setting
from tests.conftest import AS_OF
from tests.orchestration.home_folder import Home
from tests.proofs.erasure import ORDER

PRESETS = {"london": 3_000, "west_mercia": 4_000}
ALONE = "west_mercia_synthetic"
ROWS = 240
IN_PIECES = 60
PIECES = 3
STEPS = 3
DELIVERIES = 2
KILLED = 0.2
RELEASED, HELD = {0, 3}, 5
ERASED = "erased"
CHANGES = (
    *("new", "new", "late", "corrected in place", "rows corrected", "withdrawn", ERASED),
    *("moved to another month", "moved to the edge of a month"),
)
ISO, BRITISH, CLOCK = "%Y-%m-%d", "%d/%m/%Y", "%H:%M:%S"
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})([T ]\d\d:\d\d:\d\d)?")
PERSON, ENCOUNTER = re.compile(r"SYN\d+"), re.compile(r"\bE\d{8}\b")
EVENTS = re.compile(r"(shifts|recordings|evidence_com|encounters|encounter_officers)_\d")
ONE_IN = 6
"""Of so many officers one is followed through all files of events, with every encounter."""


@dataclass
class Seen:
    """What the proof counted."""

    steps: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    tables: int = 0
    differences: list[str] = field(default_factory=list)


def pieces(folder: Path) -> dict[str, list[str]]:
    """Lines of each piece of a small landing folder, by place; the first is the header."""
    found = {}
    for preset, recordings in PRESETS.items():
        made = find_setting(preset)
        name = made.programme.landing[0]
        write_setting(made, recordings, 11, folder / name, [], with_truth=False)
        files = sorted((folder / name).glob("*.csv"))
        met = _met(file for file in files if file.name.startswith("encounter_officers"))
        for file in files:
            header, *rows = file.read_text(encoding="utf-8").splitlines()
            if EVENTS.match(file.name):
                rows = [row for row in rows if _is_followed(row) or met & {*ENCOUNTER.findall(row)}]
            else:
                rows = rows[:ROWS]
            count = PIECES if len(rows) >= IN_PIECES else 1
            for part in range(count):
                own = rows[part * len(rows) // count : (part + 1) * len(rows) // count]
                found[f"{name}/{file.stem}_{part + 1}.csv"] = [header, *own]
    return found


def _is_followed(row: str) -> bool:
    return any(int(who[3:]) % ONE_IN == 0 for who in PERSON.findall(row))


def _met(files: Iterable[Path]) -> set[str]:
    """Encounters that an officer who is followed attended."""
    rows = (row for file in files for row in file.read_text(encoding="utf-8").splitlines())
    return {one for row in rows if _is_followed(row) for one in ENCOUNTER.findall(row)}


def moved(row: str, by: timedelta) -> str:
    """A row with every date and time in it later."""

    def later(found: re.Match[str]) -> str:
        form = ISO if found[0][4] == "-" else BRITISH
        day = datetime.strptime(found[1], form).replace(tzinfo=UTC)
        if not found[2]:
            return (day + by).strftime(form)
        clock = datetime.strptime(found[2][1:], CLOCK).replace(tzinfo=UTC)
        moment = datetime.combine(day, clock.time(), UTC) + by
        return f"{moment:{form}}{found[2][0]}{moment:{CLOCK}}"

    return MOMENT.sub(later, row)


def next_month(row: str) -> str:
    """A row four weeks later."""
    return moved(row, timedelta(days=28))


def last_minutes(row: str) -> str:
    """A row that begins ten minutes before the end of its month."""
    times = (found for found in MOMENT.finditer(row) if found[2])
    if not (found := next(times, None)):
        return row
    form = ISO if found[0][4] == "-" else BRITISH
    began = datetime.strptime(found[1] + found[2][1:], form + CLOCK).replace(tzinfo=UTC)
    after = (began.replace(day=1) + timedelta(days=31)).replace(day=1, hour=0, minute=0, second=0)
    return moved(row, after - timedelta(minutes=10) - began)


def other_times(row: str) -> str:
    """A row with other times."""
    return row.replace(":0", ":1")


MOVED = {"moved to another month": next_month, "moved to the edge of a month": last_minutes}


class Landing:
    """A landing folder that changes at random; what is not there can still come."""

    def __init__(self, folder: Path, whole: Mapping[str, list[str]], chance: random.Random) -> None:
        self.folder, self.whole, self.chance = folder, dict(whole), chance

    def begin(self) -> None:
        """Write what is there from the beginning: seven in ten pieces, and whatever is whole."""
        for name, lines in self.whole.items():
            if f"{name[:-5]}2.csv" not in self.whole or self.chance.random() < 0.7:
                self._write(name, lines)

    def _write(self, name: str, lines: list[str]) -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _there(self) -> list[str]:
        """Names of files that can be changed: of records, of which others are there."""
        return sorted(name for name in self.whole if (self.folder / name).is_file())

    def _away(self) -> list[str]:
        return sorted(name for name in self.whole if not (self.folder / name).is_file())

    def _cut(self) -> list[str]:
        """Pieces of tables that have several, so that no table is ever without a file."""
        there = [name for name in self._there() if f"{name[:-5]}2.csv" in self.whole]
        return [name for name in there if sum(one[:-5] == name[:-5] for one in there) > 1]

    def _choose(self, names: list[str]) -> str:
        """One of them: mostly of events, which come every day and whose months are kept apart."""
        events = [name for name in names if EVENTS.match(Path(name).name)]
        return self.chance.choice(events if events and self.chance.random() < 0.8 else names)

    def change(self, kind: str) -> str:
        """Make one change; returns the name of the file that it touched."""
        if kind in {"new", "late"}:
            away = self._away()
            if not away:
                return self.change("withdrawn")
            name = away[0] if kind == "late" else self._choose(away)
            self._write(name, self.whole[name])
        elif kind == "withdrawn":
            name = self._choose(self._cut())
            (self.folder / name).unlink()
        else:
            name = self._choose(self._cut())
            header, *rows = (self.folder / name).read_text("utf-8").splitlines()
            if kind == "corrected in place":
                self._write(name, [header, *(r for r in rows if self.chance.random() < 0.9)])
            else:
                change = MOVED.get(kind, other_times)
                rows = [change(row) for row in rows if self.chance.random() < 0.3]
                # A word in a name would stand in each home's ledger under a digest of its own.
                name = name.replace(".csv", f"_{self.chance.randrange(10**6)}.csv")
                self._write(name, [header, *rows])
        return name


def erase(home: Home, landing: Path, chance: random.Random) -> list[str]:
    """The words that erase an officer of a recording in landing."""
    file = chance.choice(sorted(landing.rglob("evidence_com_*.csv")))
    with file.open(encoding="utf-8", newline="") as rows:
        officer = chance.choice(list(csv.DictReader(rows)))
    person = home.folder.parent / "person.txt"
    person.write_text(f"{officer['Owner Badge ID']}\n{officer['Owner Last Name']}\n")
    who = ["--programme", ALONE, "--kind", "officer"]
    where = ["--landing", str(landing), "--as-of", AS_OF]
    return ["erase", *who, "--identifier-file", str(person), *ORDER, *where]


def kill(home: Home, after: float) -> None:
    """A run that is killed (SIGKILL) after some seconds, unless it ended before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bodyworn_command", *home.as_usual],
        env=home.environment,
        cwd=paths.ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def contents(home: Home) -> dict[str, str]:
    """Content hash of every table that the last run computed, and of every one it released."""
    with duckdb.connect(home.folder / "warehouse" / "bodyworn.duckdb", read_only=True) as con:
        names = con.sql("select table_name from duckdb_tables() where not internal").fetchall()
        built = {f"built {name}": of_relation(con, identifier(name)) for (name,) in sorted(names)}
    made = read_manifest((home.releases / "current").resolve())
    released = {f"released {name}": one["content"] for name, one in made["outputs"].items()}
    return built | released | {"release": made["content_hash"]}


def built(home: Home) -> dict[str, list[str]]:
    """What the last run of a home built anew and what it kept."""
    plan = json.loads((home.folder / "warehouse" / "built.json").read_text())["plan"]
    return {name: plan[name] for name in ("programmes", "kept")}


def _done(done: "subprocess.CompletedProcess[str]") -> None:
    if done.returncode not in {*RELEASED, HELD}:
        sys.exit(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}")


def compare(home: Home, whole: Home, said: str, seen: Seen) -> None:
    """Both homes, table by table; differences are counted and printed."""
    ours, theirs = contents(home), contents(whole)
    names = sorted(ours.keys() | theirs.keys())
    different = [name for name in names if ours.get(name) != theirs.get(name)]
    plan = built(home)
    seen.tables += len(names)
    seen.kept[f"{len(plan['kept'])} of {sum(map(len, plan.values()))} programmes"] += 1
    seen.differences += [f"{said}: {name}" for name in different]
    sys.stdout.write(
        f"  {said:<100} rebuilt {', '.join(plan['programmes']) or 'none':<46} {len(names)} equal\n"
        if not different
        else f"  {said}: DIFFERENT: {', '.join(different)}\n"
    )
    sys.stdout.flush()


def step(
    home: Home, words: list[str], before: Path | None, said: str, seen: Seen, after: float
) -> None:
    """One run in the home, killed first where `after` says when, and one of everything `before`.

    Without a folder for the home as it was before, nothing is compared.
    """
    if before:
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(home.folder, before, symlinks=True)
    if after:
        kill(home, after)
    _done(home.bodyworn(*words))
    if before is None:
        sys.stdout.write(f"  {said:<100} rebuilt {', '.join(built(home)['programmes'])}\n")
        sys.stdout.flush()
        return
    whole = Home(before, home.landing)
    # An erasure builds everything anew itself, and one more run would stand in the history.
    _done(whole.bodyworn(*words) if words[0] == "erase" else whole.run("--full"))
    compare(home, whole, said, seen)


def beginning(place: Path, whole: Mapping[str, list[str]]) -> Path:
    """The folder of a home and its landing folder, from which chains set out."""
    if not place.exists():
        Landing(place / "landing", whole, random.Random(0)).begin()
        _done(Home(place / "home", place / "landing").run("--incremental"))
    return place


def chain(
    place: Path, begun: Path, whole: Mapping[str, list[str]], seed: int, steps: int, seen: Seen
) -> None:
    """One random chain of deliveries over a copy of a home."""
    chance = random.Random(seed)
    shutil.copytree(begun, place, symlinks=True)
    landing = Landing(place / "landing", whole, chance)
    home = Home(place / "home", place / "landing")
    for number in range(steps):
        kinds = chance.choices(CHANGES, k=DELIVERIES)
        if ERASED in kinds:
            # An erasure is a run of its own.
            kinds, words = [ERASED], erase(home, home.landing, chance)
            said = f"{ERASED}: an officer"
        else:
            words = [*home.as_usual, "--incremental"]
            said = "; ".join(f"{kind}: {Path(landing.change(kind)).stem}" for kind in kinds)
        is_killed = ERASED not in kinds and chance.random() < KILLED
        after = chance.uniform(5, 40) if is_killed else 0.0
        seen.steps.update(kinds)
        seen.steps["killed on the way"] += is_killed
        said = f"{seed}.{number + 1} {said}{', killed first' if is_killed else ''}"
        before = place / "whole" if number % 2 or number == steps - 1 else None
        step(home, words, before, said, seen, after)


def real(place: Path, files: Path, count: int, seen: Seen) -> None:
    """The real files with some held back, which then come one at a time."""
    landing = place / "landing"
    shutil.copytree(files, landing)
    home = Home(place / "home", landing)
    away = sorted(_several(landing))[:count]
    for name in away:
        (place / "away" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(landing / name, place / "away" / name)
    _done(home.run("--incremental"))
    for name in away:
        shutil.move(place / "away" / name, landing / name)
        seen.steps["new"] += 1
        step(home, [*home.as_usual, "--incremental"], place / "whole", f"real: {name}", seen, 0.0)


def _several(landing: Path) -> Iterator[Path]:
    """The last file of each folder that holds several of one ending."""
    for folder in sorted({file.parent for file in landing.rglob("*.csv*")}):
        files = sorted(folder.glob("*.csv*"))
        if len(files) > 1:
            yield files[-1].relative_to(landing)


def main() -> int:
    """Run every chain and print what was compared."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chains", type=int, default=4)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--first", type=int, default=1, help="the seed of the first chain")
    parser.add_argument("--real", type=Path, help="a landing folder of real files instead")
    parser.add_argument("--files", type=int, default=4, help="how many real files come later")
    asked = parser.parse_args()
    seen, began = Seen(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bodyworn-incremental-") as name:
        if asked.real:
            real(Path(name), asked.real, asked.files, seen)
        else:
            both = pieces(Path(name) / "whole")
            one = {name: lines for name, lines in both.items() if name.startswith(ALONE)}
            for seed in range(asked.first, asked.first + asked.chains):
                whole = both if seed % 2 else one
                begun = beginning(Path(name) / ("both" if seed % 2 else "one"), whole)
                chain(Path(name) / str(seed), begun, whole, seed, asked.steps, seen)
                shutil.rmtree(Path(name) / str(seed))
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(seen.steps.items()))
    kept = ", ".join(f"{count} kept {of}" for of, count in sorted(seen.kept.items()))
    sys.stdout.write(
        f"{asked.chains} chains, {sum(seen.kept.values())} comparisons with everything built from"
        f" nothing ({kinds}); {kept};"
        f" {seen.tables:,} tables compared, {len(seen.differences)} different;"
        f" {time.perf_counter() - began:.0f} s\n"
    )
    return 1 if seen.differences else 0


if __name__ == "__main__":
    sys.exit(main())
