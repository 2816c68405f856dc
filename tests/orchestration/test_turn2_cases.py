"""A whole run over invented cases that public bug reports describe: each is right or gives none.

A row of `RIGHT` is a figure of the programme `giveford`; a figure that must not be given is None.
"""

from pathlib import Path

import duckdb
import pytest

from tests.conftest import once
from tests.orchestration.public_cases import lay_out, run

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]
FOLDER = "internal/parquet"
# Area, metric, first day of the month, value.
RIGHT: list[tuple[str, str, str, float | None]] = [
    ("ok", "recorded_share_of_all_shift_hours", "2016-02-01", 12.5),
    ("no_end", "recorded_share_of_all_shift_hours", "2016-02-01", 12.5),
    ("night", "recorded_share_of_all_shift_hours", "2016-02-01", 6.25),
    ("spring", "recorded_share_of_all_shift_hours", "2016-03-01", 100 * 20 / (7 * 60)),
    ("upload", "upload_delay_median_hours", "2016-02-01", None),
    ("kept", "recordings", "2016-02-01", 10),
    ("kept", "evidential_share", "2016-02-01", 50),
    ("alias", "officers", "2016-02-01", 100),
    ("alias", "complaints_per_1000_officers", "2016-02-01", 3000),
    ("reject", "complaints_per_1000_officers", "2016-02-01", None),
    ("reject", "complaints_per_1000_officers", "2016-03-01", 3000),
]


def run_cases(folder: Path) -> None:
    """A release over the cases as they were delivered."""
    lay_out(folder)
    run(folder)


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release over the cases."""
    return once(tmp_path_factory, "turn2", run_cases) / "home" / "releases" / "current"


@pytest.mark.parametrize(("area", "metric", "month", "value"), RIGHT)
def test_a_case_gives_the_right_figure_or_none(
    cases: Path, area: str, metric: str, month: str, value: float | None
) -> None:
    with duckdb.connect() as con:
        found = con.execute(
            f"select value from '{cases / FOLDER / 'fct_metrics.parquet'}'"
            " where programme_id = 'giveford' and area_id = ? and metric_id = ?"
            " and period_grain = 'month' and period_start = ? and breakdown = 'all'",
            [area, metric, month],
        ).fetchall()
    figures = [figure for (figure,) in found if figure is not None]
    assert figures == ([] if value is None else [pytest.approx(value)])


def test_uploads_before_the_end_are_told_among_the_faults_of_footage(cases: Path) -> None:
    with duckdb.connect() as con:
        found = con.sql(
            f"select found_count from '{cases / FOLDER / 'fct_footage_faults.parquet'}'"
            " where programme_id = 'giveford' and fault = 'uploaded before the end'"
        ).fetchall()
    assert found == [(10,)]


def test_a_shift_that_ends_on_the_next_day_and_footage_kept_without_end_are_told(
    cases: Path,
) -> None:
    with duckdb.connect() as con:
        found = con.sql(
            "select string_agg(flagged, ' ') from"
            f" '{cases / FOLDER / 'fct_load_ledger.parquet'}'"
            " where programme_id = 'giveford'"
        ).fetchall()[0][0]
    assert '"shift_to.next_day": 1' in found
    assert '"retain_until_date.no_end": 5' in found
