"""The generator beside published figures: as long, as often and as evidential as in real trials."""

import csv
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from orchestration.synthesis.making import Made, make
from orchestration.synthesis.presets import find_setting
from orchestration.synthesis.recordings import equipped
from orchestration.synthesis.truth_answers import answers, outcomes
from orchestration.synthesis.truth_footage import care, use
from tests.synthesis.conftest import PRESETS

SIZE, SEED = 100_000, 20170101


@pytest.fixture(scope="module")
def published(real_data: Path) -> Mapping[str, float]:
    """Published figures by name; ranges are left out."""
    with (real_data.parent / "domain" / "ops_benchmarks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {row["benchmark_id"]: float(row["value"]) for row in rows if "-" not in row["value"]}


@pytest.fixture(scope="module", params=PRESETS)
def made(request: pytest.FixtureRequest) -> Made:
    return make(find_setting(request.param), SIZE, SEED)


@pytest.fixture(scope="module")
def cared(made: Made) -> dict[str, Any]:
    return care(made)


def test_recordings_are_as_long_as_in_the_london_trial(
    made: Made, published: Mapping[str, float]
) -> None:
    minutes = use(made)["recorded_seconds"] / 60 / SIZE
    assert minutes == pytest.approx(published["lon_trial_mean_minutes"], rel=0.02)


def test_officers_record_as_often_as_in_the_london_trial(
    made: Made, published: Mapping[str, float]
) -> None:
    days = [
        max(0, min(last, made.world.days) - max(issued, 0))
        for last, issued in zip(made.officers.last_day, made.officers.issued, strict=True)
    ]
    per_officer_month = SIZE / (sum(days) / 30.4375)
    expected = published["lon_trial_rec_per_officer_month"]
    assert per_officer_month == pytest.approx(expected, rel=0.06)


def test_the_evidential_share_lies_between_the_published_ones(
    cared: dict[str, Any], published: Mapping[str, float]
) -> None:
    low = published["wm_evidence_month"] / published["wm_clips_month"]
    high = published["lon_trial_evidential_share"] / 100
    assert low - 0.005 <= cared["evidential"] / SIZE <= high + 0.005


def test_as_much_footage_is_deleted_as_was_of_a_first_year(
    cared: dict[str, Any], published: Mapping[str, float]
) -> None:
    share = published["met_2017_autodeleted"] / published["met_2017_videos"]
    assert share - 0.02 <= cared["deleted"] / SIZE <= 0.85


def test_every_recording_is_of_an_officer_who_had_a_camera_and_was_at_work(made: Made) -> None:
    footage, shift = made.recordings, made.recordings.shift
    day = footage.triggered // 86_400
    assert equipped(made.officers, footage.officer, day).all()
    assert (made.shifts.officer[shift] == footage.officer).all()
    assert (footage.begins >= made.shifts.begins[shift]).all()
    assert (footage.stopped <= made.shifts.ends[shift]).all()


def test_nobody_films_two_things_at_once(made: Made) -> None:
    footage = made.recordings
    order = sorted(range(SIZE), key=lambda each: (footage.officer[each], footage.begins[each]))
    gaps = [
        footage.begins[later] - footage.stopped[earlier]
        for earlier, later in pairwise(order)
        if footage.officer[earlier] == footage.officer[later]
    ]
    assert min(gaps) > made.setting.programme.match_tolerance_seconds * 2


def test_complaints_allegations_and_pleas_stand_in_the_published_proportions(made: Made) -> None:
    told, ended = answers(made), outcomes(made)
    assert told["allegations"] / told["complaints"] == pytest.approx(1.66, abs=0.03)
    years = made.world.days / 365.25
    rate = told["complaints"] / years / made.world.headcounts.sum()
    knobs = made.world.knobs.complaints
    assert 0.7 * knobs.per_officer_year <= rate <= 1.3 * knobs.per_officer_year
    assert ended["guilty_pleas"] / ended["pleas"] == pytest.approx(0.675, abs=0.04)
