"""What was planted comes back whole: released figures equal realised counts, to the last one."""

from typing import Any

import polars as pl
import pytest

from tests.synthetic_data.conftest import PRESETS, Synthetic
from tests.synthetic_data.expected_figures import RECOVERED
from tests.synthetic_data.released_figures import Released
from tests.synthetic_data.released_presets import SOUND, Whole, whole
from tests.synthetic_data.reshaped_truth import NOT_RELEASED, RESHAPED

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Every preset without faults."""
    return whole(tmp_path_factory, SOUND)


def realised(made: Synthetic) -> dict[str, Any]:
    """Realised counts by part and name; requests are a part of their own."""
    parts = dict(made.realised)
    parts["requests"] = parts["answers"]["requests"]
    found = {
        f"{part}.{name}": counted
        for part, names in parts.items()
        for name, counted in names.items()
    }
    del found["answers.requests"]
    return found


def without_zeros(counted: Any) -> Any:
    """Names that count nothing are in no figure, so they are left out of both sides."""
    if not isinstance(counted, dict):
        return counted
    inner = {name: without_zeros(count) for name, count in counted.items()}
    return {name: count for name, count in inner.items() if count not in ({}, 0, "0.00")}


@pytest.mark.parametrize("preset", PRESETS)
def test_every_realised_count_is_recovered_or_says_why_not(sound: Whole, preset: str) -> None:
    named = {*RECOVERED, *NOT_RELEASED}
    assert set(realised(sound[preset][0])) == named
    assert not RECOVERED.keys() & NOT_RELEASED.keys()
    assert RESHAPED.keys() <= RECOVERED.keys()


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", RECOVERED)
def test_a_planted_truth_is_recovered_exactly(sound: Whole, preset: str, name: str) -> None:
    made, released = sound[preset]
    counted = realised(made)[name]
    counted = RESHAPED[name](counted) if name in RESHAPED else counted
    assert without_zeros(RECOVERED[name](released)) == without_zeros(counted)


@pytest.mark.parametrize("preset", PRESETS)
def test_stops_are_counted_alike_as_volumes_and_as_encounters(sound: Whole, preset: str) -> None:
    made, released = sound[preset]
    stops = made.realised["use"]["encounters_by_kind"]["stop_and_search"]
    assert released.total("stop_volumes") == stops > 0


@pytest.mark.parametrize("preset", PRESETS)
def test_both_clocks_of_requests_give_the_planted_answer(sound: Whole, preset: str) -> None:
    made, released = sound[preset]
    counted = made.realised["answers"]["requests"]["on_time_by_kind"]
    for kind, metric in (
        ("subject_access", "subject_access_on_time_share"),
        ("freedom_of_information", "foi_on_time_share"),
    ):
        clocks = released.parts(metric, "clock")
        assert len(clocks) == 2
        assert set(clocks.values()) == {counted[kind]}, kind


def spanning(released: Released) -> pl.DataFrame:
    """Figures of the whole window whose metric was redefined within it."""
    reason = pl.col("status_reason").str.contains("counted changed within the period")
    return released.windows.filter(reason.fill_null(value=False))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_window_is_the_sum_of_its_months_unless_what_is_counted_changed(
    sound: Whole, preset: str
) -> None:
    _, released = sound[preset]
    broken = set(spanning(released)["metric_id"])
    for metric in ("activation_rate", "complaints", "assaults_without_injury", "pleas_by_stage"):
        rows = released.windows.filter(
            pl.col("metric_id") == metric,
            pl.col("breakdown") == "all",
            pl.col("area_id") == released.root,
        )
        expected = None if metric in broken else released.total(metric)
        assert rows["numerator"].to_list() == [expected], metric


def test_complaints_on_both_sides_of_the_reform_are_planted_and_never_added_up(
    sound: Whole,
) -> None:
    across = [
        released
        for made, released in sound.values()
        if all(made.realised["answers"]["complaints_by_regime"].values())
    ]
    assert across
    for released in across:
        assert "complaints" in set(spanning(released)["metric_id"])
