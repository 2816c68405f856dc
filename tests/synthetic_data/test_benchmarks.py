"""The generator beside published figures: as long, as often and as evidential as in real trials."""

from itertools import pairwise
from typing import Any

import pytest

from orchestration.synthetic_data.generate import Made, make
from orchestration.synthetic_data.presets import find_setting
from orchestration.synthetic_data.recordings import equipped
from orchestration.synthetic_data.truth import answers, outcomes
from orchestration.synthetic_data.truth_footage import care, use
from tests.synthetic_data.conftest import PRESETS

SIZE, SEED = 100_000, 20170101

# London's trial, May 2014 to 2015, as the European Public Sector Award describes it: eipa.eu/epsa,
# "Police, camera, evidence: London's cluster randomised controlled trial of body worn video".
LONDON_OFFICERS, LONDON_MONTHS = 814, 12
LONDON_RECORDINGS, LONDON_HOURS = 48_281, 12_212
LONDON_EVIDENTIAL_SHARE = 0.28
# The Metropolitan Police, September 2016 to August 2017 (Harrow Times, 2017, article 15471144).
MET_VIDEOS, MET_DELETED = 785_000, 460_000
# West Mercia in 2018: over 13,000 clips a month, more than 2,000 of them used in evidence
# (westmercia-pcc.gov.uk/communities-benefit-from-body-worn-video-investment).
WEST_MERCIA_CLIPS, WEST_MERCIA_EVIDENCE = 13_000, 2_000


@pytest.fixture(scope="module", params=PRESETS)
def made(request: pytest.FixtureRequest) -> Made:
    return make(find_setting(request.param), SIZE, SEED)


@pytest.fixture(scope="module")
def cared(made: Made) -> dict[str, Any]:
    return care(made)


def test_recordings_are_as_long_as_in_the_london_trial(made: Made) -> None:
    hours = use(made)["recorded_seconds"] / 3600 / SIZE
    assert hours == pytest.approx(LONDON_HOURS / LONDON_RECORDINGS, rel=0.02)


def test_officers_record_as_often_as_in_the_london_trial(made: Made) -> None:
    days = [
        max(0, min(last, made.state.days) - max(issued, 0))
        for last, issued in zip(made.officers.last_day, made.officers.issued, strict=True)
    ]
    per_officer_month = SIZE / (sum(days) / 30.4375)
    expected = LONDON_RECORDINGS / LONDON_OFFICERS / LONDON_MONTHS
    assert per_officer_month == pytest.approx(expected, rel=0.06)


def test_the_evidential_share_lies_between_the_published_ones(cared: dict[str, Any]) -> None:
    low = WEST_MERCIA_EVIDENCE / WEST_MERCIA_CLIPS
    assert low - 0.005 <= cared["evidential"] / SIZE <= LONDON_EVIDENTIAL_SHARE + 0.005


def test_as_much_footage_is_deleted_as_was_of_a_first_year(cared: dict[str, Any]) -> None:
    share = MET_DELETED / MET_VIDEOS
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
    realised_counts, ended = answers(made), outcomes(made)
    assert realised_counts["allegations"] / realised_counts["complaints"] == pytest.approx(
        1.66, abs=0.03
    )
    years = made.state.days / 365.25
    rate = realised_counts["complaints"] / years / made.state.headcounts.sum()
    parameters = made.state.parameters.complaints
    assert 0.7 * parameters.per_officer_year <= rate <= 1.3 * parameters.per_officer_year
    assert ended["guilty_pleas"] / ended["pleas"] == pytest.approx(0.675, abs=0.04)
