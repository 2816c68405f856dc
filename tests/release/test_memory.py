"""The memory of disclosure: kept beside the releases, chained, and never gone without a word."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.release.current import DamagedRelease, read_manifest
from orchestration.release.damage import verify
from orchestration.release.public import memory
from orchestration.release.public.extract import a_month_after, decide
from tests.release import fixture_public_extract
from tests.release.fixtures import FORCE

FIRST, NEXT_NIGHT, MONTH_LATER = date(2024, 3, 1), date(2024, 3, 2), date(2024, 4, 1)
BY_MONTH: dict[str, Any] = {"rhythms": {FORCE: "month"}}
MORE = "update fct_metrics set numerator = {n}, value = {n} where metric_id = 'complaints'"
WITHOUT_NORTH = f"""
    delete from fct_metrics where metric_id = 'complaints' and area_id = 'north';
    {MORE.format(n=89)} and area_id = 'force';
"""
RIGHT_AGAIN = ""


def _release(home: Path, as_of: date, change: str = "", **more: Any) -> Path:
    run = {"as_of": as_of, "run_id": f"run-{as_of}", **more}
    return fixture_public_extract.release(home, change, **run).release


def _figures(release: Path) -> pl.DataFrame:
    return fixture_public_extract.rows(release)


def _hidden(release: Path) -> set[str]:
    rows = _figures(release).filter(
        pl.col("marker").fill_null("").str.contains("[c]", literal=True)
    )
    return set(rows.filter(metric_id="complaints", period_grain="year")["area_id"])


@pytest.mark.parametrize(
    ("day", "later"),
    [("2024-01-31", "2024-02-29"), ("2023-12-15", "2024-01-15"), ("2024-02-29", "2024-03-29")],
)
def test_the_next_publication_is_a_month_after_the_last(day: str, later: str) -> None:
    assert a_month_after(date.fromisoformat(day)) == date.fromisoformat(later)
    assert decide("month", date.fromisoformat(day), date.fromisoformat(later), None).is_published


def test_between_dates_a_release_publishes_nothing_but_the_next_date(tmp_path: Path) -> None:
    first = _release(tmp_path, FIRST, **BY_MONTH)
    more = f"{MORE.format(n=84)} and area_id = 'force'; {MORE.format(n=21)} and area_id = 'south';"
    night = _release(tmp_path, NEXT_NIGHT, more, **BY_MONTH)
    assert _figures(first).height > 0
    assert [path.name for path in (night / "public").iterdir()] == ["README.md"]
    says = (night / "public/README.md").read_text()
    assert says.startswith("For everyone: nothing is published in this release.")
    assert f"{FORCE}: last published as of 2024-03-01; next from 2024-04-01" in says
    assert verify(night) == []
    due = _release(tmp_path, MONTH_LATER, more, **BY_MONTH)
    assert _figures(due).height > 0
    assert memory.read(memory.states(tmp_path / "releases")[FORCE]).chain[-1].why == "due"


def test_open_data_and_invented_figures_are_published_with_every_release(tmp_path: Path) -> None:
    for day in (FIRST, NEXT_NIGHT):
        release = _release(tmp_path, day, rhythms={FORCE: "release"})
        assert _figures(release).height > 0


def test_a_correction_may_come_earlier_and_says_why(tmp_path: Path) -> None:
    _release(tmp_path, FIRST, **BY_MONTH)
    again = _release(tmp_path, NEXT_NIGHT, correction="A file was wrong", **BY_MONTH)
    assert _figures(again).height > 0
    said = read_manifest(again)["disclosure"][FORCE]
    assert (said["why"], said["number"]) == ("correction: A file was wrong", 2)


def test_a_missing_night_and_a_late_batch_give_no_hidden_count_back(tmp_path: Path) -> None:
    first = _release(tmp_path, FIRST)
    assert _hidden(first) == {"north", "south"}
    # The night north is missing, east grows, and then all is as it was.
    middle = _release(tmp_path, NEXT_NIGHT, WITHOUT_NORTH)
    assert _figures(middle).filter(metric_id="complaints", area_id="north").is_empty()
    last = _release(tmp_path, date(2024, 3, 3), RIGHT_AGAIN)
    assert _hidden(last) == {"north", "south"}
    assert memory.read(memory.states(tmp_path / "releases")[FORCE]).chain[-1].number == 3


def test_without_the_memory_nothing_is_released_and_it_can_be_restored(tmp_path: Path) -> None:
    _release(tmp_path, FIRST)
    _release(tmp_path, NEXT_NIGHT)
    releases = tmp_path / "releases"
    memory.refuse_forgotten(releases)
    shutil.rmtree(releases / "memory")
    with pytest.raises(DamagedRelease, match="is gone") as said:
        memory.refuse_forgotten(releases)
    assert "bodyworn doctor --repair" in str(said.value)
    [sentence] = memory.restore(releases)
    assert sentence.startswith(f"The memory of {FORCE} was restored from 2024-03-02-")
    memory.refuse_forgotten(releases)


def test_a_memory_that_was_changed_is_no_memory(tmp_path: Path) -> None:
    release = _release(tmp_path, FIRST)
    state = memory.states(release.parent)[FORCE]
    # The release's own copy is another name of the same files, which are never written to.
    cells = pl.read_parquet(state / "cells.parquet").with_columns(is_hidden=pl.lit(value=False))
    (state / "cells.parquet").unlink()
    cells.write_parquet(state / "cells.parquet")
    with pytest.raises(DamagedRelease, match="what is remembered is not what its chain says"):
        memory.refuse_forgotten(release.parent)
    assert any("memory of disclosure" in sentence for sentence in verify(release))


def test_a_run_that_died_after_the_swap_is_finished_by_the_next(tmp_path: Path) -> None:
    release = _release(tmp_path, FIRST)
    shutil.rmtree(release.parent / "memory" / FORCE)
    memory.refuse_forgotten(release.parent)
    assert memory.states(release.parent).keys() == {FORCE}


@pytest.mark.parametrize("gone", ["restricted/disclosure/after/invented_force/cells.parquet"])
def test_verify_covers_what_only_the_next_release_may_read(tmp_path: Path, gone: str) -> None:
    release = _release(tmp_path, FIRST)
    assert verify(release) == []
    (release / gone).unlink()
    assert f"{gone} is missing" in verify(release)


def test_what_was_hidden_before_there_was_a_memory_is_remembered(tmp_path: Path) -> None:
    release = _release(tmp_path, FIRST)
    there, after = release / "restricted/disclosure", memory.states(release.parent)[FORCE]
    remembered = memory.read(after)
    named = pl.lit(FORCE).alias("programme_id")
    remembered.cells.select(named, pl.exclude("is_new", "is_known")).write_parquet(
        there / "cells.parquet"
    )
    remembered.links.select(named, pl.all()).write_parquet(there / "links.parquet")
    remembered.first.write_parquet(there / "first.parquet")
    for folder in (there / "after", release.parent / "memory"):
        shutil.rmtree(folder)
    made = read_manifest(release)
    del made["disclosure"]
    (release / "manifest.json").write_text(json.dumps(made))
    memory.refuse_forgotten(release.parent)
    [entry] = memory.read(memory.states(release.parent)[FORCE]).chain
    assert (entry.as_of, entry.why) == ("2024-03-01", "published before there was a memory")
    change = f"{MORE.format(n=9)} and area_id = 'north'; {MORE.format(n=89)} and area_id = 'force';"
    assert "south" in _hidden(_release(tmp_path, NEXT_NIGHT, change))


def test_each_entry_of_the_chain_holds_the_hash_of_the_one_before(tmp_path: Path) -> None:
    _release(tmp_path, FIRST)
    release = _release(tmp_path, NEXT_NIGHT)
    path = memory.states(release.parent)[FORCE] / "chain.json"
    chain = json.loads(path.read_text())
    assert [one["number"] for one in chain] == [1, 2]
    chain[0]["as_of"] = "2020-01-01"
    path.unlink()
    path.write_text(json.dumps(chain))
    with pytest.raises(DamagedRelease, match="its chain is broken at entry 2"):
        memory.read(path.parent)


def test_a_share_of_everybody_everywhere_is_hidden_and_so_is_one_of_nobody(tmp_path: Path) -> None:
    everybody = """
        update fct_metrics set numerator = denominator, value = 100, status = 'final'
        where metric_id = 'early_guilty_plea';
    """
    for change in (everybody, everybody.replace("= denominator, value = 100", "= 0, value = 0")):
        rows = _figures(_release(tmp_path / str(len(change)), FIRST, change))
        shares = rows.filter(metric_id="early_guilty_plea")
        assert shares.height > 0
        assert shares["numerator"].null_count() == shares.height
        assert set(shares["marker"]) == {"[c]"}
