"""Whole runs over a landing folder from which files are taken, and one that is emptied."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orchestration.access import audit_log
from tests.orchestration.conftest import LATER
from tests.orchestration.home_folder import Home

Deliver = Callable[[Home], None]
pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(900)]


def _table(home: Home, name: str) -> pl.DataFrame:
    return pl.read_parquet(home.releases / home.serving / "internal/parquet" / f"{name}.parquet")


def _statuses(home: Home) -> dict[str, str]:
    rows = _table(home, "fct_load_ledger").select("file_name", "counting_status").iter_rows()
    return {name.rsplit("/", 1)[-1]: status for name, status in rows}


def _report(home: Home) -> dict[str, object]:
    """A run; what is held because it loses much is accepted, since it is meant."""
    done = home.run("--json")
    assert done.returncode in {0, 3, 5}, done.stdout + done.stderr
    report = dict(json.loads(done.stdout))
    for one in report["held"]:
        why = ("--why", "The file was taken out")
        proposed = home.bodyworn("release", "propose", one["programme"], "--by", "B. Clerk", *why)
        assert proposed.returncode == 0, proposed.stdout + proposed.stderr
        accepted = home.bodyworn("release", "accept", one["programme"], "--by", "A. Clerk", *why)
        assert accepted.returncode in {0, 3}, accepted.stdout + accepted.stderr
    return report


def _recordings(home: Home) -> list[tuple[object, ...]]:
    """Recordings by programme, area and month."""
    rows = _table(home, "fct_metrics").filter(metric_id="recordings", period_grain="month")
    return sorted(rows.select("programme_id", "area_id", "period_start", "numerator").rows())


def test_a_file_taken_out_of_landing_stops_counting_and_the_release_can_be_made_again(
    home: Home, deliver: Deliver
) -> None:
    figures = _recordings(home)
    assert figures
    deliver(home)
    _report(home)
    assert _recordings(home) != figures
    [late] = home.landing.rglob(LATER)
    late.unlink()
    report = _report(home)
    assert "Released" in str(report["sentence"])
    assert _statuses(home)[LATER] == "withdrawn"
    assert _recordings(home) == figures
    again = home.bodyworn("reproduce", "current", "--landing", str(home.landing))
    assert again.returncode == 0, again.stdout + again.stderr


def test_where_landing_is_emptied_a_file_counts_on_until_it_is_withdrawn(home: Home) -> None:
    (home.folder / "home.yml").write_text("landing: emptied\n", encoding="utf-8")
    complaints: Path = sorted(home.landing.rglob("complaints*.csv"))[0]
    complaints.unlink()
    assert "Nothing new" in str(_report(home)["sentence"])
    done = home.bodyworn("withdraw", complaints.name, "--why", "It was counted twice.")
    assert done.returncode == 0, done.stderr
    *_, last = audit_log.read(home.folder / "audit")
    assert (last["action"], last["filters"]["change"]) == ("publish", "file withdrawn")
    assert "Released" in str(_report(home)["sentence"])
    ledger = _table(home, "fct_load_ledger").filter(counting_status="withdrawn")
    assert ledger["counting_reason"].to_list() == ["It was counted twice."]
