"""Two releases together reveal no more than each of them alone."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from orchestration.disclosure.cells import LinkedCells
from orchestration.disclosure.publications import Decided, Published, named_by_quantity
from orchestration.disclosure.publications import protect_after as decide
from tests.disclosure import random_tables
from tests.disclosure.small_tables import POLICY, hidden, protected, table
from tests.proofs.attacker import Print, solvable

FIRST = {"force": 83, "north": 3, "south": 20, "east": 60}


def protect_after(found: LinkedCells, memory: Published | None) -> Decided:
    return decide(found, named_by_quantity(found), memory, POLICY)


def printed(found: LinkedCells, mask: np.ndarray) -> Published:
    return Published(found, mask, named_by_quantity(found))


def after(counts: Mapping[str, float], before: Published) -> tuple[LinkedCells, np.ndarray]:
    found = table("A", counts)
    return found, protect_after(found, before).protection.hidden


def first() -> Published:
    found = table("A", FIRST)
    return printed(found, protected(found).hidden)


def test_the_same_figures_again_are_hidden_where_they_were_hidden() -> None:
    found, mask = after(FIRST, first())
    assert hidden(found, mask) == {"north", "south"}


def test_a_figure_hidden_for_another_stays_hidden_when_the_other_no_longer_needs_it() -> None:
    # North has grown to 9 and could be shown; south, unchanged, would then reveal north before.
    found, mask = after(FIRST | {"force": 89, "north": 9}, first())
    assert "south" in hidden(found, mask)


def test_a_change_of_the_total_does_not_tell_the_figure_hidden_before() -> None:
    later = FIRST | {"force": 84, "south": 21}
    before = first()
    found, mask = after(later, before)
    assert solvable(Print(before.found, before.hidden), Print(found, mask)) == []


def test_a_figure_published_before_is_shown_and_another_is_hidden_in_its_place() -> None:
    before = first()
    found, mask = after({"force": 87, "north": 3, "south": 20, "east": 64}, before)
    assert "north" in hidden(found, mask)
    assert solvable(Print(before.found, before.hidden), Print(found, mask)) == []
    open_before = table("A", {"force": 85, "north": 5, "south": 20, "east": 60})
    nothing = printed(open_before, np.zeros(len(open_before.cells), dtype=bool))
    found, mask = after({"force": 89, "north": 3, "south": 20, "east": 66}, nothing)
    assert hidden(found, mask) in ({"north", "east"}, {"force", "north"})


def test_a_release_made_again_hides_the_same_cells() -> None:
    for seed in range(20):
        drawn = random_tables.draw(seed)
        old, new = (
            random_tables.arranged(each) for each in (drawn, random_tables.revised(drawn, seed + 1))
        )
        memory = protect_after(old, None).after
        later = protect_after(new, memory)
        again = protect_after(new, later.after)
        assert (again.protection.hidden == later.protection.hidden).all()
        assert len(again.after.found.cells) == len(later.after.found.cells)
        assert len(again.after.found.links) == len(later.after.found.links)


def test_what_an_open_release_gave_away_is_reported_as_exposed() -> None:
    # Thresholds were lower then: north's 3 was printed, and hiding it now helps nobody.
    found = table("A", FIRST)
    open_before = printed(found, np.zeros(len(found.cells), dtype=bool))
    decided = protect_after(found, open_before)
    done = decided.protection
    assert hidden(found, done.exposed) == {"north"}
    assert hidden(found, done.hidden) >= {"north"}
    assert decided.given_away == 0


def test_a_night_without_figures_takes_nothing_out_of_the_memory() -> None:
    # South and east came in between with north missing, and north's figure is as it was.
    memory = first()
    found, mask = after(FIRST | {"force": 89, "north": 9}, memory)
    middle = protect_after(found, memory).after
    later = table("A", FIRST)
    done = protect_after(later, middle).protection
    assert hidden(later, done.hidden) == {"north", "south"}
    prints = [Print(memory.found, memory.hidden), Print(found, mask), Print(later, done.hidden)]
    assert solvable(*prints) == []


def test_a_count_that_two_metrics_shared_stays_hidden_when_they_part() -> None:
    both = table("A", {f"events: {area}": count for area, count in FIRST.items()})
    shared = pl.concat(
        [
            named_by_quantity(both),
            named_by_quantity(both).with_columns(own=pl.lit("others")),
        ]
    )
    memory = decide(both, shared, None, POLICY).after
    # Today the two differ in the east alone, so that they are two quantities.
    parted = table(
        "A",
        {f"others: {area}": count for area, count in (FIRST | {"force": 93, "east": 70}).items()},
    )
    done = protect_after(parted, memory).protection
    assert hidden(parted, done.hidden) >= {"others south"}
