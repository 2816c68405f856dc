"""With every fault planted at once, each is found and counted, and what is lost is explained."""

from collections import Counter
from statistics import median
from typing import Any

import polars as pl
import pytest

from tests.synthetic_data.conftest import PRESETS, Synthetic
from tests.synthetic_data.released_figures import Released
from tests.synthetic_data.released_presets import SIZES, SPOILED, Whole, whole

pytestmark = pytest.mark.pipeline
SIZE = SIZES[SPOILED]
# So many recordings that state their encounter show whether a camera's clock is right.
ENOUGH = 10
FOUND = {
    "repeated within a file": "duplicates",
    "replaced by a later file": "corrections",
    "turned away for a quote that is not closed": "unclosed_quote",
    "credited to nobody": "bad_rows_no_officer",
    "credited to an officer on no staff list": "stale_ids",
    "credited to an officer to whom the camera was not issued": "dock_owner",
    "with a day and no time (midnight)": "midnight",
    "uploaded more than four days after the end": "late_upload",
}


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Every preset with every fault."""
    return whole(tmp_path_factory, SPOILED)


def planted(made: Synthetic) -> dict[str, int]:
    counts: dict[str, int] = made.truth["planted_faults"]
    return counts


def faults(released: Released) -> dict[str, int]:
    rows = released.table("fct_footage_faults").select("fault", "found_count")
    return dict(rows.iter_rows())


def wrong_clocks(made: Synthetic) -> list[dict[str, Any]]:
    """Those among the planted ones that can be identified from their recordings."""
    return [each for each in made.truth["planted_clocks"] if each["stating_an_encounter"] >= ENOUGH]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("fault", FOUND)
def test_a_planted_fault_is_counted_exactly(spoiled: Whole, preset: str, fault: str) -> None:
    made, released = spoiled[preset]
    assert faults(released)[fault] == planted(made)[FOUND[fault]] > 0


@pytest.mark.parametrize("preset", PRESETS)
def test_rows_turned_away_are_those_that_cannot_be_and_say_why(spoiled: Whole, preset: str) -> None:
    made, released = spoiled[preset]
    expected = {
        "impossible_date": planted(made)["bad_rows_impossible_date"],
        "below_minimum": planted(made)["bad_rows_negative_length"],
        "bad_quotes": planted(made)["unclosed_quote"],
    }
    reasons: Counter[str] = Counter()
    for reason, count in (
        released.table("fct_rejects").select("reason", "rejected_count").iter_rows()
    ):
        reasons[reason] += count
    assert reasons == expected
    assert faults(released)["turned away"] == sum(expected.values())


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_let_pass_with_a_remark_is_flagged_in_the_ledger(
    spoiled: Whole, preset: str
) -> None:
    made, released = spoiled[preset]
    flags = released.table("fct_load_ledger").select(
        pl.col("flagged").str.json_path_match(f"$['{name}']").cast(pl.Int64).sum().alias(name)
        for name in ("recorded_from.midnight", "duration_seconds.zero")
    )
    assert flags.row(0) == (planted(made)["midnight"], planted(made)["bad_rows_zero_length"])


@pytest.mark.parametrize("preset", PRESETS)
def test_every_recording_is_loaded_turned_away_repeated_or_replaced(
    spoiled: Whole, preset: str
) -> None:
    made, released = spoiled[preset]
    delivered = SIZE + planted(made)["duplicates"] + planted(made)["corrections"]
    assert released.loaded("recordings", "records") == delivered
    found = faults(released)
    lost = (
        found["turned away"] + found["repeated within a file"] + found["replaced by a later file"]
    )
    assert released.total("evidential_share", "denominator") == delivered - lost


@pytest.mark.parametrize("preset", PRESETS)
def test_a_late_file_moves_the_share_after_a_day_and_not_the_middle(
    spoiled: Whole, preset: str
) -> None:
    made, released = spoiled[preset]
    soon = made.realised["care"]["uploaded_after_24_hours"]
    late = released.total("uploaded_after_24h_share")
    # A few that were made late had waited for more than a day before, and a few rows are lost.
    assert soon < late <= soon + planted(made)["late_upload"]
    before = made.realised["care"]["upload_delay_median_seconds"]
    assert released.window("upload_delay_median_hours") * 3600 == pytest.approx(before, rel=0.05)


@pytest.mark.parametrize("preset", PRESETS)
def test_footage_of_a_dock_owner_explains_encounters_that_lack_it(
    spoiled: Whole, preset: str
) -> None:
    made, released = spoiled[preset]
    elsewhere = released.total(
        "unfilmed_encounters", value="footage of its camera credited to somebody else"
    )
    moved = planted(made)["dock_owner"] + planted(made)["stale_ids"]
    assert 0 < elsewhere <= moved + planted(made)["bad_rows_no_officer"]
    lost = sum(made.realised["use"]["filmed_by_kind"].values()) - released.total("activation_rate")
    assert lost <= sum(planted(made)[name] for name in ("dock_owner", "stale_ids", "bad_rows",
        "midnight", "clock_drift", "unclosed_quote"))  # fmt: skip


def test_a_clock_that_is_off_is_found_with_its_recordings_and_seconds(spoiled: Whole) -> None:
    judged = {preset: wrong_clocks(made) for preset, (made, _) in spoiled.items()}
    assert any(judged.values())
    for preset, wrong in judged.items():
        found = faults(spoiled[preset][1])
        assert found["with a clock that is off"] == len(wrong)
        expected = sum(camera["recordings"] for camera in wrong)
        assert found["made by a camera whose clock is off"] == expected
        if wrong:
            seconds = median(abs(camera["seconds"]) for camera in wrong)
            # A quarter of the officers switch on within half a minute of each other.
            shown = found["by which such a clock is off, middle of them"]
            assert shown == pytest.approx(seconds, abs=60)
