"""A warehouse is gone on from only as the run left it that marked it, and never in doubt."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.steps import engines, kept_warehouse
from orchestration.steps.build_plan import Fingerprints, make_plan

MADE_OF = Fingerprints("code", {"east": {"bodyworn.shifts": "1"}})
PLAN = make_plan(None, MADE_OF)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of a home whose run has noted what it built."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    paths.warehouse().parent.mkdir()
    paths.warehouse().write_bytes(b"rows")
    kept_warehouse.note(PLAN, MADE_OF)
    return paths.warehouse()


def test_a_run_that_released_leaves_a_warehouse_to_go_on_from(database: Path) -> None:
    assert kept_warehouse.made_of() is None
    kept_warehouse.keep()
    assert database.is_file()
    assert kept_warehouse.made_of() == MADE_OF
    assert kept_warehouse.plan_followed() == PLAN.as_dict()


def _grow(database: Path) -> None:
    database.write_bytes(b"other rows")


def _leave_open(database: Path) -> None:
    database.with_name(f"{database.name}.wal").write_bytes(b"half a change")


def _damage_mark(database: Path) -> None:
    (database.parent / "kept.json").write_text('{"made_of":')


def _empty_mark(database: Path) -> None:
    (database.parent / "kept.json").write_text("[]")


def _begin(_: Path) -> None:
    kept_warehouse.forget()


@pytest.mark.parametrize(
    "happens", [_grow, _leave_open, Path.unlink, _damage_mark, _empty_mark, _begin]
)
def test_nothing_goes_on_from_a_warehouse_that_is_not_as_it_was_marked(
    database: Path, happens: Callable[[Path], None]
) -> None:
    kept_warehouse.keep()
    happens(database)
    assert kept_warehouse.made_of() is None


def test_a_run_that_died_while_it_built_leaves_nothing_to_mark(database: Path) -> None:
    kept_warehouse.keep()
    kept_warehouse.forget()
    kept_warehouse.keep()
    assert database.is_file()
    assert kept_warehouse.made_of() is None
    assert kept_warehouse.plan_followed() == {}


def test_a_new_beginning_takes_warehouse_mark_and_note_away(database: Path) -> None:
    kept_warehouse.keep()
    engines.start_anew("duckdb")
    assert list(database.parent.iterdir()) == []
