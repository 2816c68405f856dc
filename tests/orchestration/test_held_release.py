"""A delivery that would lose much of what is published waits; a person's word serves it."""

import json

import polars as pl
import pytest

from orchestration.access import audit_log
from tests.orchestration.home_folder import Home

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(900)]
FORCE = "west_mercia_synthetic"
DECISION = ("--by", "A. Clerk, analyst", "--why", "The depot closed")


def _halve_officers(home: Home) -> None:
    """The workforce delivered again with half of its officers."""
    workforce, *_ = sorted(home.landing.rglob("workforce.csv"))
    header, *rows = workforce.read_text("utf-8").splitlines()
    column = header.split(",").index("officer_headcount")
    cells = [row.split(",") for row in rows]
    halved = [[*row[:column], str(int(row[column]) // 2), *row[column + 1 :]] for row in cells]
    lines = [header, *(",".join(row) for row in halved)]
    workforce.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_figures_that_fall_by_half_are_held_until_somebody_accepts_them(home: Home) -> None:
    before, figures = home.serving, _officers(home)
    _halve_officers(home)
    done = home.run("--json")
    assert done.returncode == 5, done.stdout + done.stderr
    (waiting,) = json.loads(done.stdout)["held"]
    assert waiting["programme"] == FORCE
    assert any("where" in why and "are published" in why for why in waiting["why"])
    # The public records beside it are released as always; its own figures serve on.
    assert home.serving != before
    assert _officers(home) == figures
    carried = json.loads((home.releases / home.serving / "manifest.json").read_text("utf-8"))
    assert carried["carried"][FORCE] == {"release": before, "why": waiting["why"]}
    assert waiting["why"][0] in home.bodyworn("release", "held").stdout
    alone = home.bodyworn("release", "accept", FORCE, *DECISION)
    assert alone.returncode == 2
    assert "Nobody has proposed it yet" in alone.stderr
    proposed = home.bodyworn("release", "propose", FORCE, "--by", "B. Clerk", "--why", "Depot")
    assert proposed.returncode == 0, proposed.stderr
    accepted = home.bodyworn("release", "accept", FORCE, *DECISION)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    log = audit_log.read(home.folder / "audit")
    decided = [one["filters"]["verdict"] for one in log if one["action"] == "approve"]
    assert decided == ["propose", "accept"]
    assert _officers(home) < figures * 0.6
    listed = home.bodyworn("release", "held").stdout
    assert "Nothing is held." in listed
    assert "A. Clerk, analyst" in listed
    again = home.bodyworn("release", "reject", FORCE, *DECISION)
    assert again.returncode == 2
    assert "does not wait for a decision" in again.stderr


def _officers(home: Home) -> float:
    """All officers counted in the released months of the force."""
    rows = pl.read_parquet(
        home.releases / home.serving / "internal/parquet" / "fct_metrics.parquet"
    )
    counted = rows.filter(metric_id="officers", period_grain="month", programme_id=FORCE)
    return float(counted["value"].sum())
