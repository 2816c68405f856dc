"""Hidden cells cannot be worked out, and as little else as possible is hidden for them."""

import numpy as np
import pytest

from orchestration.disclosure.additive_table import as_table
from orchestration.disclosure.ranges import Inconsistent, Ranges, ranges
from tests.disclosure.small_tables import POLICY, hidden, protected, table


def test_the_smallest_other_part_is_hidden_where_a_total_would_tell() -> None:
    found = table("A", {"force": 83, "north": 3, "south": 20, "east": 60})
    assert hidden(found, protected(found).hidden) == {"north", "south"}


def test_nothing_more_is_hidden_where_the_total_tells_nothing() -> None:
    found = table("A", {"force": 83, "north": 3, "south": 2, "east": 78})
    assert hidden(found, protected(found).hidden) == {"north", "south"}


def test_a_total_that_leaves_too_little_room_takes_more_cells_with_it() -> None:
    # 2 and 2 hidden would each lie in 0 to 4: one short of the threshold.
    found = table("A", {"force": 84, "north": 2, "south": 2, "east": 80})
    done = protected(found)
    assert hidden(found, done.hidden) > {"north", "south"}
    assert not done.exposed.any()


def test_a_zero_is_not_taken_for_cover() -> None:
    found = table("A", {"force": 23, "north": 3, "south": 0, "east": 20})
    assert hidden(found, protected(found).hidden) == {"north", "east"}


def test_two_breakdowns_that_overlap_do_not_betray_each_other() -> None:
    counts = {
        "north": 100,
        "north window kind force": 3, "north window kind rudeness": 97,
        "north window age young": 50, "north window age old": 50,
    }  # fmt: skip
    found = table("A", counts)
    assert hidden(found, protected(found).hidden) == {
        "north kind force", "north kind rudeness",
    }  # fmt: skip


# What is left of a total when the parts that are shown are taken away is 2 or 3 in each: the
# window is longer than its years by a few weeks, the force larger than its areas by a station,
# and 3 closed complaints were not upheld.
FEW_LEFT: dict[str, tuple[dict[str, float], dict[str, str]]] = {
    "dates": ({"force 2019": 50, "force 2020": 50, "force window": 102}, {}),
    "areas": ({"force": 102, "north": 50, "south": 50}, {}),
    "a share": ({"upheld: north": 97, "closed: north": 100}, {"upheld": "closed"}),
}


@pytest.mark.parametrize("case", FEW_LEFT)
def test_a_small_difference_of_figures_is_told_by_none_of_them(case: str) -> None:
    counts, of = FEW_LEFT[case]
    found = table("A", counts, of=of)
    done = protected(found)
    assert len(hidden(found, done.hidden)) == 1, "one hidden figure is enough"
    assert not done.exposed.any()
    shown = as_table(found, POLICY)
    seen = ranges(shown, done.hidden)
    needs = seen.needs > 0
    # The hidden figure and what is left without it: both could be at least five apart.
    assert needs.sum() == 2
    assert np.all((seen.high - seen.low)[needs] >= 5)


@pytest.mark.parametrize("case", FEW_LEFT)
def test_a_large_difference_of_figures_hides_none_of_them(case: str) -> None:
    counts, of = FEW_LEFT[case]
    largest = max(counts, key=counts.__getitem__)
    found = table("A", counts | {largest: 2 * counts[largest]}, of=of)
    assert hidden(found, protected(found).hidden) == set()


def test_rounding_alone_does_not_always_protect_a_hidden_count_of_people() -> None:
    found = table("P", {"force": 24, "north": 4, "south": 20})
    bare = as_table(found, POLICY)
    only = bare.sensitive & bare.printed
    (north,) = np.flatnonzero(only)
    seen = ranges(bare, only)
    # Printed as 25 and 20, which are 23 to 27 and 18 to 22.
    assert (seen.low[north], seen.high[north]) == pytest.approx((1, 9))
    assert seen.failing.tolist() == [north]
    assert len(hidden(found, protected(found).hidden)) > 1


def test_every_hidden_cell_spans_its_threshold_and_the_reason_is_a_program() -> None:
    found = table("A", {"force": 83, "north": 3, "south": 20, "east": 60})
    shown = as_table(found, POLICY)
    seen = ranges(shown, protected(found).hidden)
    assert (seen.needs > 0).sum() == 2
    assert np.all((seen.high - seen.low)[seen.needs > 0] >= 5)


def test_what_was_possible_before_more_was_hidden_is_not_asked_again() -> None:
    shown = as_table(table("A", {"force": 83, "north": 3, "south": 20, "east": 60}), POLICY)
    few = np.isin(shown.counts, [3, 20])
    needs = shown.needs(few)
    # Where north and south lay in ranges as wide as they need, those are what is found.
    asked = ranges(shown, few, Ranges(shown.counts - 1, shown.counts + 4, needs))
    assert ((asked.high - asked.low)[few] == 5).all()
    narrow = ranges(shown, few, Ranges(shown.counts, shown.counts + 4, needs))
    assert ((narrow.high - narrow.low)[few] > 5).all()


def test_figures_that_contradict_each_other_are_refused() -> None:
    found = table("A", {"force": 83, "north": 3, "south": 20, "east": 60})
    shown = as_table(found, POLICY)
    wrong = np.where(shown.counts == 60, 90.0, shown.counts)
    odd = type(shown)(**{**vars(shown), "counts": wrong, "shown_as": wrong})
    with pytest.raises(Inconsistent):
        ranges(odd, np.array([cell == 3 for cell in shown.counts]))
