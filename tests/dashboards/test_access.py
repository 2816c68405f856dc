"""Nobody sees or takes what their roles do not open: against a slow oracle, at random."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from dashboards.data import release as release_data
from dashboards.data.release import NotOpen
from orchestration.access import audit_log
from orchestration.access.reader import reader_with, single_user
from tests.dashboards import random_requests
from tests.dashboards.fixture_access import PROGRAMMES, TABLES, make_home, may_see, may_take
from tests.dashboards.random_requests import (
    DOWNLOADS_IN_CI,
    VIEWS_IN_CI,
    marks,
    someone,
)


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


def test_ten_thousand_requests_at_random_leak_nothing(forces: Path) -> None:
    done = random_requests.views(VIEWS_IN_CI)
    assert done.leaks == []
    assert 0.2 < done.answered / VIEWS_IN_CI < 0.8


def test_nothing_is_taken_that_may_not_be(forces: Path) -> None:
    done = random_requests.downloads_of(DOWNLOADS_IN_CI)
    assert done.leaks == []
    assert done.answered > 50
    log = list(audit_log.read(forces / "audit"))
    assert {one["action"] for one in log} == {"export", "deny"}
    assert sum(one["action"] == "export" for one in log) == done.answered


def test_a_whole_table_holds_only_what_is_open(forces: Path) -> None:
    chance = random.Random(22)
    for _ in range(100):
        roles, areas = someone(chance)
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
            assert marks(file) == set().union(*whose.values())


def test_caches_keep_readers_apart(forces: Path) -> None:
    analyst = release_data.open_release(reader_with("a", ["analyst:north_force"]))
    public = release_data.open_release(reader_with("b", ["public"]))
    mine = release_data.open_release(single_user("local:me"))
    assert analyst is not None
    assert public is not None
    assert mine is not None
    for _ in range(2):
        assert len(mine.rows("fct_metrics")) == 12
        assert marks(analyst.rows("fct_metrics").rows()) == may_see(
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
