"""A month without a usable delivery, from landing to the words on the page: no figure, and why."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboards.text import figures
from tests.conftest import once
from tests.orchestration.public_cases import lay_out, run

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]
RATE = "complaints_per_1000_officers"


def _deliver(folder: Path) -> None:
    """The cases without the complaints of June, and with those of September all wrongly dated.

    Nobody complained of one area in July.
    """
    lay_out(folder)
    complaints = folder / "landing" / "giveford"
    (complaints / "complaints_2016-06.csv").unlink()
    september = complaints / "complaints_2016-09.csv"
    september.write_text(september.read_text("utf-8").replace("2016-09-", "2016-19-"), "utf-8")
    july = complaints / "complaints_2016-07.csv"
    lines = july.read_text("utf-8").splitlines(keepends=True)
    july.write_text("".join(line for line in lines if "Area alias" not in line), "utf-8")
    run(folder)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Parquet files of the release over them."""
    folder = once(tmp_path_factory, "missing_months", _deliver)
    return folder / "home" / "releases" / "current" / "internal/parquet"


def _row(
    released: Path, area: str, grain: str, start: str, metric: str = RATE
) -> dict[str, object]:
    found = pl.read_parquet(released / "fct_metrics.parquet").filter(
        pl.col("period_start") == date.fromisoformat(start),
        programme_id="giveford",
        metric_id=metric,
        area_id=area,
        period_grain=grain,
        breakdown="all",
    )
    return found.row(0, named=True)


@pytest.mark.parametrize("area", ["ok", "alias", "force"])
@pytest.mark.parametrize(
    ("grain", "start", "said"),
    [
        ("month", "2016-06-01", "Not supplied for June 2016: complaints."),
        ("month", "2016-09-01", "Not supplied for September 2016: complaints."),
        ("quarter", "2016-04-01", "Not supplied for June 2016: complaints."),
        ("quarter", "2016-07-01", "Not supplied for September 2016: complaints."),
    ],
)
def test_a_month_whose_file_never_came_or_was_refused_has_no_figure_and_the_page_says_which(
    released: Path, area: str, grain: str, start: str, said: str
) -> None:
    row = _row(released, area, grain, start)
    assert (row["status"], row["value"], row["numerator"]) == ("missing_months", None, None)
    metric = pl.read_parquet(released / "dim_metric.parquet").row(
        by_predicate=pl.col("metric_id") == RATE, named=True
    )
    assert figures.why_not(row, metric).replace("\\:", ":") == said
    assert figures.big(row, metric) == "Not supplied"


@pytest.mark.parametrize("grain", ["year", "window"])
def test_the_year_and_the_window_name_the_months_that_they_lack(released: Path, grain: str) -> None:
    row = _row(released, "ok", grain, "2016-01-01")
    assert row["value"] is None
    assert row["status_reason"] == "Not supplied for June 2016 and September 2016: complaints."


def test_only_the_area_that_a_refused_file_names_lacks_its_month(released: Path) -> None:
    assert _row(released, "alias", "month", "2016-02-01")["value"] == pytest.approx(3000)
    refused = _row(released, "reject", "month", "2016-02-01")
    assert (refused["value"], refused["status"]) == (None, "missing_months")
    assert refused["status_reason"] == "Not supplied for February 2016: complaints."
    assert _row(released, "force", "month", "2016-02-01")["value"] is None


def test_a_month_without_an_event_that_is_covered_has_a_row_of_zero(released: Path) -> None:
    july = _row(released, "alias", "month", "2016-07-01", "complaints")
    assert (july["numerator"], july["value"], july["status"]) == (0, 0, "final")
    # No zero stands where the file never came.
    june = _row(released, "alias", "month", "2016-06-01", "complaints")
    assert (june["numerator"], june["status"]) == (None, "missing_months")


def test_months_that_were_delivered_keep_their_figures(released: Path) -> None:
    assert _row(released, "ok", "month", "2016-05-01")["value"] == pytest.approx(3000)
    assert _row(released, "ok", "quarter", "2016-01-01")["value"] == pytest.approx(3000)
    assert _row(released, "ok", "month", "2016-06-01", "officers")["value"] == 100
