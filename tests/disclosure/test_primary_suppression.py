"""Counts hidden for their own value: small ones, revealing zeros, parts that are the whole."""

from collections.abc import Mapping

import polars as pl
import pytest

from orchestration.disclosure.policy import primary, rounded
from tests.disclosure.small_tables import POLICY, hidden, table


def sensitive(klass: str, counts: Mapping[str, float], **more: object) -> set[str]:
    found = table(klass, counts, **more)  # type: ignore[arg-type]
    return hidden(found, primary(found, POLICY).to_numpy()) & set(
        hidden(found, found.cells["is_printed"].to_numpy())
    )


@pytest.mark.parametrize(("klass", "threshold"), [("P", 10), ("A", 5)])
def test_counts_from_one_to_below_the_threshold_are_hidden(klass: str, threshold: int) -> None:
    counts = {"north": 1, "south": threshold - 1, "east": threshold}
    assert sensitive(klass, counts) == {"north", "south"}


def test_open_data_are_never_hidden() -> None:
    assert sensitive("O", {"north": 1, "south": 0}) == set()


def test_a_zero_of_events_is_shown() -> None:
    assert sensitive("A", {"north": 0}) == set()


def test_a_zero_of_people_is_shown_only_if_structural_or_among_ten_at_risk() -> None:
    assert sensitive("P", {"north": 0}) == {"north"}
    assert sensitive("P", {"north": 0}, structural=("north",)) == set()
    assert sensitive("P", {"north": 0}, at_risk=9) == {"north"}
    assert sensitive("P", {"north": 0}, at_risk=10) == set()


def test_a_share_of_all_or_of_none_says_something_about_everybody_and_is_hidden() -> None:
    counts = {"guilty: north": 40, "pleas: north": 40, "guilty: south": 0, "pleas: south": 40,
              "guilty: east": 20, "pleas: east": 40}  # fmt: skip
    shares = {"of": {"guilty": "pleas"}, "at_risk": 40}
    assert sensitive("P", counts, **shares) == {"guilty north", "guilty south"}
    assert sensitive("A", counts, **shares) == set()


def test_people_at_risk_of_being_in_a_part_are_those_in_the_whole() -> None:
    few = {"north": 8, "north window ethnicity black": 0, "north window ethnicity white": 8}
    assert "north ethnicity black" in sensitive("P", few)
    many = {"north": 30, "north window ethnicity black": 0, "north window ethnicity white": 15,
            "north window ethnicity asian": 15}  # fmt: skip
    assert sensitive("P", many) == set()


def test_a_part_that_is_the_whole_of_its_group_is_hidden_for_people_and_not_for_events() -> None:
    counts = {"north": 30, "north window outcome upheld": 30, "north window outcome not": 0}
    assert sensitive("P", counts) == {"north outcome upheld"}
    assert sensitive("A", counts) == set()


def test_a_share_of_a_hundred_percent_is_hidden_for_people() -> None:
    counts = {"upheld: north": 30, "closed: north": 30, "upheld: south": 12, "closed: south": 40}
    assert sensitive("P", counts, of={"upheld": "closed"}) == {"upheld north"}


def test_counts_of_people_are_rounded_to_five_and_others_stay() -> None:
    frame = pl.DataFrame({"count": [10.0, 12.0, 13.0, 17.0, 18.0]})
    by_five = frame.select(rounded(pl.col("count"), pl.lit(5.0)))["count"].to_list()
    assert by_five == [10, 10, 15, 15, 20]
    assert frame.select(rounded(pl.col("count"), pl.lit(1.0)))["count"].to_list()[1] == 12
