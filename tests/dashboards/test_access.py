"""Nobody sees or takes what their roles do not open: against a slow oracle, at random."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import streamlit as st

from dashboards.components import downloads
from dashboards.data import release as release_data
from dashboards.data.release import NotOpen, Release
from orchestration.access import audit_log
from orchestration.access.reader import reader_with, single_user
from orchestration.storage.spreadsheet_safety import escape
from tests.dashboards.fixture_access import AREAS, PROGRAMMES, TABLES, make_home, may_see, may_take

REQUESTS = 10_000
KINDS = ("public", "panel", "pcc", "analyst", "assurer", "auditor", "admin")


@pytest.fixture(scope="module")
def forces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of two forces and a town, for a module; each test asks for all of it anew."""
    home = tmp_path_factory.mktemp("forces")
    make_home(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BODYWORN_HOME", str(home))
        st.cache_data.clear()
        st.cache_resource.clear()
        yield home
    st.cache_data.clear()
    st.cache_resource.clear()


def _someone(chance: random.Random) -> tuple[list[str], list[str]]:
    """Roles and areas of a person: one role or several, of one force or of all."""
    roles = []
    for kind in chance.sample(KINDS, chance.choice((1, 1, 1, 2, 3))):
        named = kind == "analyst" or (kind in {"panel", "pcc", "assurer"} and chance.random() < 0.6)
        roles.append(f"{kind}:{chance.choice(PROGRAMMES)}" if named else kind)
    areas = chance.sample(sorted(AREAS), chance.choice((0, 0, 1, 2)))
    return roles, areas


def _marks(frame: object) -> set[str]:
    """Every mark in the text of rows or of a file."""
    return {f"<{part.split('>')[0]}>" for part in str(frame).split("<")[1:]}


def _seen(opened: Release | None, table: str, programme: str) -> set[str]:
    if opened is None:
        return set()
    # Values of a study have no programme: whose they are is in their mark.
    whose = {} if table == "fct_study_values" else {"programme_id": programme}
    rows = opened.rows(table, **whose)
    marks = _marks(rows.rows())
    return {mark for mark in marks if f"/{programme}/" in mark} if not whose else marks


def test_ten_thousand_requests_at_random_leak_nothing(forces: Path) -> None:
    chance = random.Random(20)
    leaks, refused = [], 0
    for number in range(REQUESTS):
        if number % 20 == 0:
            roles, areas = _someone(chance)
            opened = release_data.open_release(reader_with("someone", roles, areas))
        table, programme = chance.choice(sorted(TABLES)), chance.choice(PROGRAMMES)
        wanted = may_see(roles, areas, table, programme)
        refused += not wanted
        if _seen(opened, table, programme) != wanted:
            leaks.append((roles, areas, table, programme))
    assert leaks == []
    assert REQUESTS * 0.2 < refused < REQUESTS * 0.8


def _saved(opened: Release, table: str, whose: dict[str, str]) -> bytes:
    return escape(opened.rows(table, **whose)).write_csv().encode()


def test_nothing_is_taken_that_may_not_be(forces: Path) -> None:
    chance = random.Random(21)
    taken = 0
    for _ in range(300):
        roles, areas = _someone(chance)
        opened = release_data.open_release(reader_with("someone", roles, areas))
        if opened is None:
            continue
        table, programme = chance.choice(sorted(TABLES)), chance.choice(PROGRAMMES)
        whose = {} if table == "fct_study_values" else {"programme_id": programme}
        make = partial(_saved, opened, table, whose)
        try:
            file = downloads.take(opened, make, table, programme)
        except NotOpen:
            assert not may_take(roles, programme)
            continue
        taken += 1
        assert may_take(roles, programme)
        mine = {mark for mark in _marks(file.decode()) if f"/{programme}/" in mark}
        assert mine == may_see(roles, areas, table, programme)
    assert taken > 50
    log = list(audit_log.read(forces / "audit"))
    assert {one["action"] for one in log} == {"export", "deny"}
    assert sum(one["action"] == "export" for one in log) == taken


def test_a_whole_table_holds_only_what_is_open(forces: Path) -> None:
    chance = random.Random(22)
    for _ in range(100):
        roles, areas = _someone(chance)
        opened = release_data.open_release(reader_with("someone", roles, areas))
        if opened is None:
            continue
        table = chance.choice(sorted(TABLES))
        whose = {each: may_see(roles, areas, table, each) for each in PROGRAMMES}
        try:
            file = opened.csv(table).decode()
        except NotOpen:
            seen = [each for each in PROGRAMMES if opened.reader.grant(each).level]
            assert not all(may_take(roles, each) for each in seen)
        else:
            assert _marks(file) == set().union(*whose.values())


def test_caches_keep_readers_apart(forces: Path) -> None:
    analyst = release_data.open_release(reader_with("a", ["analyst:north_force"]))
    public = release_data.open_release(reader_with("b", ["public"]))
    mine = release_data.open_release(single_user("local:me"))
    assert analyst is not None
    assert public is not None
    assert mine is not None
    for _ in range(2):
        assert len(mine.rows("fct_metrics")) == 12
        assert _marks(analyst.rows("fct_metrics").rows()) == may_see(
            ["analyst:north_force"], [], "fct_metrics", "north_force"
        )
        assert {row["status"] for row in public.rows("fct_metrics").rows(named=True)} == {
            "final", "suppressed"
        }  # fmt: skip


def test_a_release_without_a_public_extract_shows_the_public_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_home(tmp_path)
    [figures] = tmp_path.glob("releases/2026*/public/figures.csv")
    figures.unlink()
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    opened = release_data.open_release(reader_with("b", ["public"]))
    assert opened is not None
    assert opened.rows("fct_metrics").is_empty()
    assert not opened.rows("dim_promise").is_empty()


def test_an_auditor_opens_no_release_and_lists_none(forces: Path) -> None:
    auditor = reader_with("a", ["auditor", "admin"])
    assert release_data.open_release(auditor) is None
    assert release_data.history(auditor) == []
    assert release_data.withdrawn(auditor) == {}


def test_two_forces_do_not_hear_of_each_other(forces: Path) -> None:
    reader = reader_with("a", ["analyst:north_force"])
    opened = release_data.open_release(reader)
    assert opened is not None
    assert opened.manifest["programmes"] == ["north_force"]
    assert [one.programmes for one in release_data.history(reader)] == [["north_force"]]
    said = "".join(str(opened.rows(table).rows()) for table in TABLES)
    assert "south_force" not in said
    assert "town" not in said
