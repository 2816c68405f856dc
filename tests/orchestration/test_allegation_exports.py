"""Two invented cities that publish allegations come to their figures by five files and no code."""

import csv
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import once
from tests.orchestration.home_folder import Home, copy_project

EXPORTS = Path(__file__).parents[1] / "fixtures" / "allegation_exports"
LISTS = {
    "models/intermediate/complaints/int_complaint_rows.sql": (
        "'stg_bodyworn__allegations'",
        "'stg_bodyworn__allegations', 'stg_harbor__allegations', 'stg_riverton__allegations'",
    ),
    "models/marts/provenance/dim_source.sql": (
        "{% set listed = [",
        "{% set listed = [source('harbor', 'allegations'), source('riverton', 'allegations'),",
    ),
}
RUN = ("-m", "tests.bodyworn_command", "run", "--as-of", "2018-12-31", "--landing")
# The parents of these models stand in the warehouse already; their unit tests give a few of them.
BUILD = (
    "from dbt.cli.main import cli; cli(['build', '--select', 'int_complaints', 'int_allegations',"
    " 'int_allegation_rows', 'int_complaint_categories', 'int_complaint_rows', 'int_recordings'])"
)

KEY = ("keys", "new", "--programme", "riverton")

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


def _project(to: Path) -> Path:
    """A copy of the project with the two cities in it, and with no programme besides."""
    copy_project(to)
    shutil.rmtree(to / "data" / "programmes")
    for name in ("models", "data"):
        shutil.copytree(EXPORTS / name, to / name, dirs_exist_ok=True)
    for name, (before, after) in LISTS.items():
        text = (to / name).read_text("utf-8")
        assert before in text
        (to / name).write_text(text.replace(before, after), "utf-8")
    return to


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a release of both cities, in a project of its own; never to be changed."""

    def release(there: Path) -> None:
        project, home = _project(there / "project"), Home(there / "home", EXPORTS / "landing")
        key = home.python("-m", "tests.bodyworn_command", *KEY, project=project)
        assert key.returncode == 0, f"{key.stdout}\n{key.stderr}"
        done = home.python(*RUN, str(home.landing), project=project)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"

    return Home(once(tmp_path_factory, "allegations", release) / "home", EXPORTS / "landing")


def _figures(
    home: Home, programme: str, metric: str
) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Numerator and denominator of a metric by area and month."""
    rows = pl.read_parquet(
        home.releases / "current" / "internal/parquet" / "fct_metrics.parquet"
    ).filter(programme_id=programme, metric_id=metric, period_grain="month", breakdown="all")
    return {
        (row["area_id"], str(row["period_start"])[:7]): (row["numerator"], row["denominator"])
        for row in rows.to_dicts()
        if row["numerator"] or row["denominator"]
    }


def _rows(name: str, separator: str) -> dict[str, list[dict[str, str]]]:
    """The delivered rows by complaint."""
    [path] = (EXPORTS / "landing" / name).iterdir()
    found: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter=separator):
            found.setdefault(next(iter(row.values())), []).append(row)
    return found


def test_complaints_are_counted_and_not_their_allegations(released: Home) -> None:
    assert len(_rows("harbor", ",")) == 30
    assert _figures(released, "harbor", "complaints") == {
        ("city", "2018-01"): (30, None),
        ("central", "2018-01"): (24, None),
        ("harbor_side", "2018-01"): (5, None),
        # Its allegations are at two districts.
        ("unknown", "2018-01"): (1, None),
    }
    assert _figures(released, "riverton", "complaints") == {
        ("city", "2018-02"): (25, None),
        ("first", "2018-02"): (25, None),
    }


def test_a_complaint_is_upheld_when_one_of_its_allegations_is(released: Home) -> None:
    decided = [
        {row["Finding"] for row in rows}
        for rows in _rows("harbor", ",").values()
        if all(row["Date Closed"] and row["Finding"] for row in rows)
    ]
    upheld = sum("Sustained" in findings for findings in decided)
    assert 0 < upheld < len(decided)
    of_city = _figures(released, "harbor", "upheld_complaint_share")["city", "2018-03"]
    assert of_city == (upheld, len(decided))
    cases = _rows("riverton", ";").values()
    founded = sum(any(row["disposition"] == "Founded" for row in rows) for rows in cases)
    of_city = _figures(released, "riverton", "upheld_complaint_share")["city", "2018-04"]
    assert of_city == (founded, 25)


def test_allegations_are_counted_one_by_one_under_no_known_regime(released: Home) -> None:
    rows = _rows("harbor", ",")
    allegations = sum(map(len, rows.values()))
    assert allegations > len(rows)
    assert _figures(released, "harbor", "allegations")["city", "2018-01"] == (allegations, None)


def test_counts_show_without_officer_numbers_and_the_rate_says_why_it_does_not(
    released: Home,
) -> None:
    table = pl.read_parquet(
        released.releases / "current" / "internal/parquet" / "fct_metrics.parquet"
    )
    of_harbor = table.filter(programme_id="harbor")
    (rate,) = of_harbor.filter(metric_id="complaints_per_1000_officers").to_dicts()
    assert (rate["status"], rate["status_reason"]) == (
        "not_supplied",
        "No officer numbers supplied: see Complaints.",
    )
    outcomes = of_harbor.filter(
        metric_id="complaints", breakdown="complaint_outcome", area_id="city", period_grain="month"
    )
    assert outcomes["numerator"].sum() == 30
    assert "upheld" in outcomes["breakdown_value"].to_list()
    assert set(outcomes["period_start"].dt.strftime("%Y-%m")) == {"2018-01"}
    known = pl.read_parquet(
        released.releases / "current" / "internal/parquet" / "dim_metric.parquet"
    )
    plain = known.filter(metric_id="complaints_per_1000_officers")["plain_count"].item()
    assert plain == "complaints"


def test_no_officer_of_an_export_is_released_by_number(released: Home) -> None:
    raw = list((released.folder / "raw" / "riverton").rglob("*.parquet"))
    officers = pl.concat([pl.read_parquet(file) for file in raw])["staff_id"]
    assert officers.n_unique() > 25
    assert not officers.str.starts_with("B").any()


def test_a_second_source_of_a_feed_breaks_no_unit_test(released: Home) -> None:
    project = released.folder.parent / "project"
    done = released.python("-c", BUILD, project=project)
    assert "ERROR=0" in done.stdout, done.stdout[-4000:]
    assert "a_complaint_without_a_place_stands_at_the_unknown_area" in done.stdout
    assert "FAIL" not in done.stdout


def test_a_new_source_takes_five_files() -> None:
    own = [path for path in EXPORTS.rglob("*") if "harbor" in path.parts and path.is_file()]
    described = [path for path in own if "landing" not in path.parts]
    assert len(described) + len(LISTS) == 5
