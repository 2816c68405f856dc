"""Files that are read side by side are loaded in order, and one that fails stops no other."""

import errno
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock
from typing import Any

import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion import ledger, reading_ahead, reading_process
from orchestration.ingestion.delivery import MB, Delivery, FileLimits, NotNow
from orchestration.ingestion.landing.scan import LandingScan
from orchestration.ingestion.ledger import LedgerRow, incoming, read_ledger
from orchestration.ingestion.load import DiskFull, load_table, tasks_of
from orchestration.ingestion.reading_ahead import HELD, ReadAhead
from orchestration.ingestion.reading_child import validate_and_write
from orchestration.ingestion.reading_task import Outcome, Task
from orchestration.storage.engine import memory_setting
from tests.ingestion.contract_builder import contract
from tests.ingestion.landing_builder import AS_OF, CLIPS, Place

PLENTY = 10**12
CASES = 6
Reader = Callable[[Task], Outcome]


def _read_here(monkeypatch: pytest.MonkeyPatch, read: Reader) -> None:
    """Have files read by a function in the threads of this process, not in processes."""

    class Here:
        def __init__(self, _over: Event) -> None:
            self.read = read

        def close(self) -> None:
            """Nothing to stop."""

    monkeypatch.setattr(reading_ahead, "ReadingProcess", Here)


def _of(found: LandingScan, place: Place, at: int) -> list[Delivery]:
    return [one for one in found.deliveries if one.table == place.contracts[at].name]


@contextmanager
def _ahead(place: Place, found: LandingScan, processes: int = 2) -> Iterator[None]:
    """All tables of a place are read ahead."""
    tasks = [
        task
        for at, contract in enumerate(place.contracts)
        for task in tasks_of(
            _of(found, place, at), contract, as_of=AS_OF, programmes=place.programmes
        )
    ]
    ahead = ReadAhead(tasks, processes, PLENTY)
    reading_ahead._current.append(ahead)
    try:
        yield
    finally:
        reading_ahead._current.clear()
        ahead.close()


def _load(place: Place, *, processes: int = 2, hurt: Callable[[], object] = int) -> list[LedgerRow]:
    """Load what is new; `hurt` is called once reading has begun."""
    found = place.scan()
    with _ahead(place, found, processes):
        hurt()
        rows = [
            row
            for at, contract in enumerate(place.contracts)
            for row in load_table(
                _of(found, place, at), contract, as_of=AS_OF, programmes=place.programmes
            )
        ]
    assert not list(incoming().glob("*"))
    return rows


def _written(rows: list[LedgerRow]) -> dict[str, Any]:
    """All that a load wrote, without clocks; rows of the ledger as they were appended, too."""
    raw = {p.name: pl.read_parquet(p) for p in paths.raw().rglob("*.parquet")}
    stored = {name: rows.sort("record_number").to_dicts() for name, rows in raw.items()}
    quarantine = {p.name: p.read_bytes() for p in paths.quarantine().rglob("*.csv")}
    ledger.export(paths.derived() / "ingestion")
    exported = pl.read_parquet(paths.derived() / "ingestion/ledger/ledger.parquet").to_dicts()
    appended = [replace(row, loaded_at=AS_OF) for row in rows]  # type: ignore[arg-type]
    return {"raw": stored, "quarantine": quarantine, "ledger": exported, "rows": appended}


def _deliver_at_random(place: Place, chance: random.Random) -> None:
    """Clips of several months, of all lengths, with faults and refusals; complaints between."""
    for number in range(chance.randint(2, 9)):
        heading = chance.choice([CLIPS, CLIPS, CLIPS, CLIPS.replace("seconds", "length")])
        rows = "".join(
            f"d{number}_{n},PC{n},2026-01-{1 + n % 31:02},{chance.choice(['60', '60', '-5'])}\n"
            for n in range(chance.choice([0, 5, 30, 90]))
        )
        place.deliver(f"clips_{chance.randint(1, 99):02}.csv", heading + rows)
        if chance.random() < 0.4:
            text = f"officer,logged_on\nPC100{number},2026-01-05\n"
            place.deliver(f"complaints_{number}.csv", text)


@pytest.mark.parametrize("seed", range(CASES))
def test_several_processes_write_what_one_writes_whatever_is_read_first(
    seed: int, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    _deliver_at_random(place, chance)
    expected = _written(place.load())
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "other"))

    def slowly(task: Task) -> Outcome:
        time.sleep(chance.random() / 50)
        return validate_and_write(task)

    _read_here(monkeypatch, slowly)
    assert _written(_load(place, processes=1 + seed % 4)) == expected
    assert expected["rows"]


def test_processes_of_their_own_read_two_files_and_both_are_loaded(place: Place) -> None:
    place.deliver("clips_1.csv", CLIPS)
    place.deliver("clips_2.csv", CLIPS.replace("90", "91"))
    place.deliver("complaints.csv", "officer,logged_on\nPC1001,2026-01-05\n")
    assert [row.accepted for row in _load(place)] == [2, 2, 1]


@pytest.mark.parametrize(
    ("number", "said", "loaded"),
    [(signal.SIGKILL, "not enough memory", 3), (signal.SIGABRT, "broke down on it", 4)],
    ids=["killed", "crashed"],
)
def test_a_process_that_dies_takes_its_own_file_with_it_and_no_other(
    place: Place, monkeypatch: pytest.MonkeyPatch, number: int, said: str, loaded: int
) -> None:
    one_dies, looked = Lock(), reading_process._use_of

    def die(pid: int) -> reading_process._Use:
        if one_dies.acquire(blocking=False):
            os.kill(pid, number)
        return looked(pid)

    many = "".join(f"d{n},PC{n % 97},2026-01-02,{n % 600}\n" for n in range(100_000))
    for file in range(4):
        place.deliver(f"clips_{file}.csv", CLIPS + many.replace("d", f"d{file}_"))
    with monkeypatch.context() as patched:
        patched.setattr(reading_process, "_use_of", die)
        rows = _load(place)
    (dead,) = [row for row in rows if row.load_status == "refused"]
    assert said in (dead.reason or "")
    assert [row.accepted for row in rows if row is not dead] == [100_002] * 3
    assert len(read_ledger()) == loaded


def test_a_file_that_asks_for_too_much_is_refused_beside_one_that_does_not(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_FILE_COLUMNS", "4")
    place.deliver("clips_1.csv", CLIPS.replace("seconds", "seconds,more"))
    place.deliver("clips_2.csv", CLIPS)
    first, second = _load(place)
    assert "more than the 4" in (first.reason or "")
    assert second.accepted == 2


def test_a_file_that_takes_too_long_waits_for_the_next_run_and_the_others_do_not(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hanging(task: Task) -> Outcome:
        if task.path.name == "clips_1.csv":
            raise NotNow("Reading it took more than 4 seconds. The next run tries again.")
        return validate_and_write(task)

    place.deliver("clips_1.csv", CLIPS)
    place.deliver("clips_2.csv", CLIPS.replace("90", "91"))
    with monkeypatch.context() as patched:
        _read_here(patched, hanging)
        assert [row.load_status for row in _load(place)] == ["refused", "accepted"]
    assert [row.load_status for row in _load(place)] == ["accepted"]


def test_a_file_that_is_gone_or_changes_meanwhile_stops_no_other(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = place.deliver("clips_1.csv", CLIPS)
    grown = place.deliver("clips_2.csv", CLIPS.replace("90", "91"))
    place.deliver("clips_3.csv", CLIPS.replace("90", "92"))
    found = place.scan()
    gone.unlink()
    with _ahead(place, found):
        read = [task.output for task in _tasks(place, found) if task.path == grown]
        while grown.exists() and not (read[0] and read[0].exists()):
            time.sleep(0.01)
        grown.write_text(CLIPS + "c3,PC1,2026-01-03,5\n")
        rows = load_table(
            _of(found, place, 0), place.contracts[0], as_of=AS_OF, programmes=place.programmes
        )
    assert [row.load_status for row in rows] == ["refused", "refused", "accepted"]
    assert [row.file_name for row in read_ledger()] == ["nowhere/clips_3.csv"]
    assert not list(incoming().glob("*"))


def _tasks(place: Place, found: LandingScan) -> list[Task]:
    of = _of(found, place, 0)
    return tasks_of(of, place.contracts[0], as_of=AS_OF, programmes=place.programmes)


def test_a_disk_that_fills_is_said_of_the_file_whose_turn_it_is(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(task: Task) -> Outcome:
        if task.path.name == "clips_2.csv":
            raise OSError(errno.ENOSPC, "No space left on device")
        return validate_and_write(task)

    for file in "123":
        place.deliver(f"clips_{file}.csv", CLIPS.replace("90", f"9{file}"))
    with monkeypatch.context() as patched:
        _read_here(patched, full)
        with pytest.raises(DiskFull, match=r"while loading nowhere/clips_2.csv"):
            _load(place)
    assert [row.file_name for row in read_ledger()] == ["nowhere/clips_1.csv"]
    assert not list(incoming().glob("*"))
    assert [row.load_status for row in _load(place)] == ["accepted"] * 2


def test_what_was_read_under_other_terms_is_read_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[FileLimits] = []

    def noting(task: Task) -> Outcome:
        limits.append(task.limits)
        return validate_and_write(task)

    _read_here(monkeypatch, noting)
    place.deliver("clips.csv", CLIPS)

    def changed() -> None:
        while not limits:
            time.sleep(0.01)
        monkeypatch.setenv("BODYWORN_FILE_COLUMNS", "3")

    (row,) = _load(place, hurt=changed)
    assert row.load_status == "refused"
    assert [each.columns for each in limits] == [FileLimits().columns, 3]


def test_an_interrupt_ends_every_process_and_leaves_nothing_half_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[reading_process._Child] = []
    begin = reading_process._Child.__init__

    def noting(child: reading_process._Child) -> None:
        begin(child)
        started.append(child)

    monkeypatch.setattr(reading_process._Child, "__init__", noting)
    many = "".join(f"d{n},PC{n % 97},2026-01-02,{n % 600}\n" for n in range(300_000))
    for file in range(3):
        place.deliver(f"clips_{file}.csv", CLIPS + many.replace("d", f"d{file}_"))
    found = place.scan()

    def interrupted() -> None:
        with _ahead(place, found):
            while len(started) < 2:
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [child.is_alive for child in started] == [False, False]
    assert not list(incoming().glob("*"))
    assert read_ledger() == []


class _Watched:
    """A reader that notes which files are read at the same time, and waits to be told to go on."""

    def __init__(self) -> None:
        self.now: list[str] = []
        self.order: list[str] = []
        self.most = 0
        self.go = Event()
        self._lock = Lock()

    def read(self, task: Task) -> Outcome:
        with self._lock:
            self.now.append(task.path.name)
            self.order.append(task.path.name)
            used = sum(_task(Path(name)).allowance.memory for name in self.now)
            self.most = max(self.most, used if len(self.now) > 1 else 0)
        self.go.wait(20)
        time.sleep(0.002)
        with self._lock:
            self.now.remove(task.path.name)
        raise NotNow("nothing is read")


def _task(path: Path) -> Task:
    """A task whose file may use as many thousand MB as its name says."""
    megabytes = 1000 * int(path.name.split("_")[0])
    small = FileLimits(memory_mb=megabytes)
    return Task(path, contract(), AS_OF, "UTC", None, small, output=path.with_suffix(".out"))


@pytest.mark.parametrize("seed", range(4))
def test_files_read_side_by_side_never_have_more_than_the_room_together(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.ingestion.delivery.MEMORY_BASE_MB", 10_000)
    chance, watched = random.Random(seed), _Watched()
    _read_here(monkeypatch, watched.read)
    tasks = [_task(tmp_path / f"{chance.randint(1, 4)}_{number}") for number in range(40)]
    ahead = ReadAhead(tasks, 4, 3000 * MB)
    watched.go.set()
    for task in chance.sample(tasks, len(tasks)):
        with pytest.raises(NotNow):
            ahead.read(task)
    ahead.close()
    assert 0 < watched.most <= 3000 * MB
    assert sorted(watched.order) == sorted(task.path.name for task in tasks)


def test_no_more_files_are_read_ahead_than_are_held_and_one_asked_for_is_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = _Watched()
    watched.go.set()
    _read_here(monkeypatch, watched.read)
    tasks = [_task(tmp_path / f"1_{number}") for number in range(HELD + 10)]
    ahead = ReadAhead(tasks, 1, PLENTY)
    deadline = time.monotonic() + 20
    while len(watched.order) < HELD and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    assert watched.order == [task.path.name for task in tasks[:HELD]]
    with pytest.raises(NotNow):
        ahead.read(tasks[-1])
    ahead.close()
    assert watched.order[HELD] == tasks[-1].path.name


def test_on_one_core_nothing_is_read_before_its_turn(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_ahead, "usable_cores", lambda: 1)
    place.deliver("clips.csv", CLIPS)
    with reading_ahead.started(_tasks(place, place.scan())):
        assert reading_ahead._current == []
    monkeypatch.setattr(reading_ahead, "usable_cores", lambda: 2)
    with reading_ahead.started(_tasks(place, place.scan())):
        assert len(reading_ahead._current) == 1
    assert reading_ahead._current == []


@pytest.mark.parametrize(("said", "room"), [("512MiB", 2**29), ("much", 0)])
def test_the_room_is_what_the_warehouse_may_use(
    said: str, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_MEMORY", said)
    assert reading_ahead._room() == room


def test_the_warehouse_is_told_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BODYWORN_MEMORY", raising=False)
    told = f"env_var('BODYWORN_MEMORY', '{memory_setting()}')"
    assert told in (paths.ROOT / "profiles.yml").read_text("utf-8")
