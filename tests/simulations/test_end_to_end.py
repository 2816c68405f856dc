"""The panel of a release: zeros are zeros, hidden figures stay hidden, the setting holds."""

from datetime import date
from pathlib import Path
from typing import cast

import polars as pl
import pytest

from orchestration.evaluation.core import Refusal
from tests.simulations.end_to_end import COUNTED, EXPOSURE, STARTED, estimated, panel_table, setting
from tests.simulations.end_to_end_report import Held, enough, page
from tests.synthetic_data.released_figures import Released

MONTHS = [date(2018, month, 1) for month in range(1, 10)]
AREAS = "abcdefghijkl"


class Figures:
    """A release of twelve areas; area a has no complaint in the second month."""

    def __init__(self, status: str) -> None:
        self.status = status

    def leaves(self, metric: str) -> pl.DataFrame:
        """Monthly figures of a metric."""
        rows = [
            (area, month, float(self.value(metric, place, month)), self.status_of(metric, area))
            for place, area in enumerate(AREAS)
            for month in MONTHS
            if metric != COUNTED or (area, month) != ("a", MONTHS[1])
        ]
        names = ["area_id", "period_start", "numerator", "status"]
        return pl.DataFrame(rows, schema=names, orient="row")

    def value(self, metric: str, place: int, month: date) -> int:
        """Officers, complaints, or whether cameras have come."""
        if metric == EXPOSURE:
            return 500 + place
        if metric == STARTED:
            return int(month.month >= 4 + place // 4)
        return 10 + (7 * place + 3 * month.month) % 5

    def status_of(self, metric: str, area: str) -> str:
        """The status asked for, of the counts of one area."""
        return self.status if (metric, area) == (COUNTED, "b") else "final"


def table(status: str) -> pl.DataFrame:
    return panel_table(cast("Released", Figures(status)))


def test_a_month_without_a_row_is_a_zero_and_starts_are_first_whole_months() -> None:
    found = table("final")
    assert found.height == len(AREAS) * len(MONTHS)
    assert found.filter(area="a", month=MONTHS[1])["complaints"].to_list() == [0.0]
    assert found.filter(area="a")["cameras_from"].unique().to_list() == [date(2018, 4, 1)]
    held = estimated(found, truth=1.0)
    assert held.low < held.ratio < held.high


def test_a_hidden_count_is_refused_and_never_taken_for_a_zero() -> None:
    with pytest.raises(Refusal, match="complaints"):
        estimated(table("suppressed"), truth=1.0)


def test_the_setting_of_a_seed_plants_an_effect_but_no_rise_before_it(tmp_path: Path) -> None:
    made = setting(7, tmp_path)
    assert made.programme.landing == [made.programme.programme] == ["london_7_synthetic"]
    parameters = made.preset.parameters
    assert parameters.complaints.effect.ratio < 1
    assert parameters.complaints.rise_before_rollout == 1
    assert parameters.complaints.lag_median_days > 0


def test_the_page_counts_the_intervals_that_hold_the_truth_and_names_those_that_do_not() -> None:
    holds, misses = Held(0.9, 0.95, 0.8, 1.1), Held(0.9, 0.7, 0.6, 0.8)
    found = dict.fromkeys(range(1, 90), holds) | dict.fromkeys(range(90, 101), misses)
    assert "**89 of 100 intervals hold the truth (89 needed)" in page(found)
    assert "| 90 | 0.700 | 0.600 to 0.800 | 0.900 | **no** |" in page(found)
    assert enough(found)
    assert not enough(found | {1: misses})
