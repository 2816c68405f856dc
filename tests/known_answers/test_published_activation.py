"""Published figures of activation: each says what it counts, and shares agree with their counts."""

import polars as pl
import pytest

from orchestration import paths

ROWS = pl.read_csv(paths.SEEDS / "published_activation.csv", infer_schema=False).to_dicts()
KINDS = ("activation", "unfilmed", "late_start", "goal", "tagging", "review", "access", "volume")


def test_every_figure_says_what_it_counts_who_counted_and_where_it_is_printed() -> None:
    assert len(ROWS) == 35
    assert len({row["activation_id"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row["measure_kind"] in KINDS
        assert row["source_url"].startswith("http")
        assert row["who_counts"]
        assert row["counted_what"] not in {None, "as above"}
        assert row["published_value"] or row["activation_note"], row["activation_id"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["published_unit"] == "percent"])
def test_a_share_agrees_with_the_counts_printed_beside_it(row: dict[str, str]) -> None:
    counts = (row["published_numerator"], row["published_denominator"])
    if None not in counts:
        above, below = map(float, counts)
        assert 100 * above / below == pytest.approx(float(row["published_value"]), abs=0.06)


def test_only_shares_of_encounters_that_were_filmed_are_set_beside_our_own_rate() -> None:
    beside = [row for row in ROWS if row["comparable_metric"]]
    assert {row["comparable_metric"] for row in beside} == {"activation_rate"}
    assert {row["measure_kind"] for row in beside} == {"activation"}
    assert not any("force" in row["measure_name"].lower() for row in beside)
