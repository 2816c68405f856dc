"""The proof of runs that build only what changed: after any deliveries, as if built from nothing.

`python -m tests.proofs.incremental --chains 4` makes two small programmes of invented people and
delivers to them at random: files that are new, come late, are corrected in place, correct rows of
earlier files, are withdrawn or come back; people are erased; runs are killed. After each step the
home is compared with a copy of itself from before the step, in which everything was built anew
(`--full`): every table of both warehouses and every released table, by content. It prints what was
compared and ends with 1 where anything differs. `--real FOLDER` does the same over a landing folder
of real files (`python -m tests.real_data FOLDER` makes one), a file at a time.
"""

import argparse
import csv
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
ROWS = 240
PIECES = 3
STEPS = 6
KILLED = 0.2
RELEASED, HELD = {0, 3}, 5
CHANGES = ("new", "new", "late", "corrected in place", "rows corrected", "withdrawn", "erased")


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
        for file in sorted((folder / name).glob("*.csv")):
            header, *rows = file.read_text(encoding="utf-8").splitlines()[: ROWS + 1]
            count = PIECES if len(rows) == ROWS else 1
            for part in range(count):
                own = rows[part * len(rows) // count : (part + 1) * len(rows) // count]
                found[f"{name}/{file.stem}_{part + 1}.csv"] = [header, *own]
    return found


class Landing:
    """A landing folder that changes at random; what is not there can still come."""

    def __init__(self, folder: Path, whole: Mapping[str, list[str]], chance: random.Random) -> None:
        self.folder, self.whole, self.chance = folder, dict(whole), chance
        for name, lines in whole.items():
            if len(lines) <= ROWS // PIECES or chance.random() < 0.7:
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

    def change(self, kind: str) -> str:
        """Make one change; returns the name of the file that it touched."""
        if kind in {"new", "late"}:
            away = self._away()
            if not away:
                return self.change("withdrawn")
            name = away[0] if kind == "late" else self.chance.choice(away)
            self._write(name, self.whole[name])
        elif kind == "withdrawn":
            name = self.chance.choice(self._cut())
            (self.folder / name).unlink()
        else:
            name = self.chance.choice(self._cut())
            header, *rows = (self.folder / name).read_text("utf-8").splitlines()
            if kind == "corrected in place":
                self._write(name, [header, *(r for r in rows if self.chance.random() < 0.9)])
            else:
                rows = [r.replace(":0", ":1") for r in rows if self.chance.random() < 0.3]
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
    who = ["--programme", "west_mercia_synthetic", "--kind", "officer"]
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
        f"  {said:<72} rebuilt {', '.join(plan['programmes']) or 'none':<46} {len(names)} equal\n"
        if not different
        else f"  {said}: DIFFERENT: {', '.join(different)}\n"
    )
    sys.stdout.flush()


def step(home: Home, words: list[str], before: Path, said: str, seen: Seen, after: float) -> None:
    """One run in the home, killed first where `after` says when, and one of everything beside."""
    shutil.rmtree(before, ignore_errors=True)
    shutil.copytree(home.folder, before, symlinks=True)
    whole = Home(before, home.landing)
    if after:
        kill(home, after)
    _done(home.bodyworn(*words))
    if words[0] == "erase":
        _done(whole.bodyworn(*words))
    _done(whole.run("--full"))
    compare(home, whole, said, seen)


def chain(place: Path, whole: Mapping[str, list[str]], seed: int, steps: int, seen: Seen) -> None:
    """One random chain of deliveries over a new home."""
    chance = random.Random(seed)
    landing = Landing(place / "landing", whole, chance)
    home = Home(place / "home", place / "landing")
    _done(home.run("--incremental"))
    for number in range(steps):
        kind = chance.choice(CHANGES)
        if kind == "erased":
            words, name = erase(home, home.landing, chance), "an officer"
        else:
            words, name = [*home.as_usual, "--incremental"], landing.change(kind)
        is_killed = kind != "erased" and chance.random() < KILLED
        after = chance.uniform(5, 40) if is_killed else 0.0
        seen.steps[kind] += 1
        seen.steps["killed on the way"] += is_killed
        killed = ", killed first" if is_killed else ""
        said = f"{seed}.{number + 1} {kind}: {name}{killed}"
        step(home, words, place / "whole", said, seen, after)


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
            whole = pieces(Path(name) / "whole")
            for seed in range(asked.first, asked.first + asked.chains):
                chain(Path(name) / str(seed), whole, seed, asked.steps, seen)
                shutil.rmtree(Path(name) / str(seed))
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(seen.steps.items()))
    kept = ", ".join(f"{count} kept {of}" for of, count in sorted(seen.kept.items()))
    sys.stdout.write(
        f"{sum(seen.kept.values())} runs beside as many from nothing ({kinds}); {kept};"
        f" {seen.tables:,} tables compared, {len(seen.differences)} different;"
        f" {time.perf_counter() - began:.0f} s\n"
    )
    return 1 if seen.differences else 0


if __name__ == "__main__":
    sys.exit(main())
