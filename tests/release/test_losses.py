"""What a candidate would lose of what is published waits; what is new, or redefined, does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.release.build import build
from orchestration.release.held import find_losses
from tests.release import fixtures

FORCE = fixtures.FORCE
TWELVE = f"""
    delete from fct_metrics;
    insert into fct_metrics
    select '{FORCE}', 'complaints', area_id, 'month', month::date, 'all', 'all',
        (month + interval 1 month - interval 1 day)::date, n, null, n, null, null, 'final'
    from (values ('force', 30.0), ('north', 10.0), ('south', 20.0)) as v(area_id, n),
        generate_series(timestamp '2023-01-01', timestamp '2023-12-01', interval 1 month) g(month);
"""


def _losses(home: Path, change: str) -> dict[str, list[str]]:
    served = fixtures.release(home / "served", TWELVE)
    candidate = fixtures.candidate(home / "new", TWELVE + change)
    return find_losses(served.release, candidate.folder, 0.2)


def test_the_same_figures_lose_nothing(tmp_path: Path) -> None:
    assert _losses(tmp_path, "") == {}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "delete from fct_metrics where period_start >= date '2023-10-01';",
            "Complaints: 3 of 12 months with a settled figure would have none.",
        ),
        (
            "update fct_metrics set value = null where period_start < date '2023-07-01';",
            "Complaints: 6 of 12 months with a settled figure would have none.",
        ),
        (
            "update fct_metrics set numerator = numerator / 2, value = value / 2;",
            "Complaints: 180 counted in settled months, where 360 are published.",
        ),
        (
            "update fct_load_ledger set load_status = 'refused', reason = 'x';",
            "No file of forms.complaints counts any more; 1 file did.",
        ),
        (
            "update fct_load_ledger set counting_status = 'withdrawn';",
            "No file of forms.complaints counts any more; 1 file did.",
        ),
    ],
)
def test_a_large_loss_is_told_with_its_size(tmp_path: Path, change: str, sentence: str) -> None:
    assert sentence in _losses(tmp_path, change)[FORCE]


@pytest.mark.parametrize(
    "change",
    [
        # Two months of twelve are under a fifth; one area is not the whole; a new month is new.
        "delete from fct_metrics where period_start >= date '2023-11-01';",
        "delete from fct_metrics where area_id = 'north';",
        "update fct_metrics set numerator = numerator * 0.9, value = value * 0.9;",
        # A metric that counts otherwise now is compared with nothing.
        "update dim_metric set version = 2; update fct_metrics set numerator = 1, value = 1;",
    ],
)
def test_what_is_small_or_redefined_is_no_loss(tmp_path: Path, change: str) -> None:
    assert _losses(tmp_path, change) == {}


def test_a_programme_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    change = """
        update dim_programme set programme_id = 'other_force';
        update dim_area set programme_id = 'other_force';
        update fct_metrics set programme_id = 'other_force';
        update fct_load_ledger set programme_id = 'other_force';
    """
    served = fixtures.release(tmp_path / "served", TWELVE)
    order = fixtures.order(tmp_path / "new", TWELVE + change)
    made = build(replace(order, programmes=["other_force"]), root=fixtures.code(tmp_path / "new"))
    (sentences,) = find_losses(served.release, made.folder, 0.2).values()
    assert sentences == ["It is missing: no file of it is in landing, or it failed."]


def test_a_programme_may_tolerate_more(tmp_path: Path) -> None:
    served = fixtures.release(tmp_path / "served", TWELVE)
    change = "delete from fct_metrics where period_start >= date '2023-10-01';"
    candidate = fixtures.candidate(tmp_path / "new", TWELVE + change)
    assert find_losses(served.release, candidate.folder, 0.2, {"another": 0.3})
    assert find_losses(served.release, candidate.folder, 0.2, {FORCE: 0.3}) == {}
