"""Two releases held side by side give away no more than one."""

from collections.abc import Mapping

import numpy as np

from orchestration.disclosure.cells import LinkedCells
from orchestration.disclosure.releases import Before, protect_after
from tests.disclosure import random_tables
from tests.disclosure.small_tables import POLICY, hidden, protected, table
from tests.proofs.attacker import Print, solvable

FIRST = {"force": 83, "north": 3, "south": 20, "east": 60}


def after(counts: Mapping[str, float], before: Before) -> tuple[LinkedCells, np.ndarray]:
    found = table("A", counts)
    return found, protect_after(found, before, POLICY).hidden


def first() -> Before:
    found = table("A", FIRST)
    return Before(found, protected(found).hidden)


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
    nothing = Before(open_before, np.zeros(len(open_before.cells), dtype=bool))
    found, mask = after({"force": 89, "north": 3, "south": 20, "east": 66}, nothing)
    assert hidden(found, mask) in ({"north", "east"}, {"force", "north"})


def test_a_release_made_again_hides_the_same_cells() -> None:
    for seed in range(20):
        drawn = random_tables.draw(seed)
        old, new = (
            random_tables.arranged(each) for each in (drawn, random_tables.revised(drawn, seed + 1))
        )
        mask = protect_after(old, None, POLICY).hidden
        later = protect_after(new, Before(old, mask), POLICY).hidden
        assert (protect_after(new, Before(new, later), POLICY).hidden == later).all()


def test_what_an_open_release_gave_away_is_reported_as_exposed() -> None:
    # Thresholds were lower then: north's 3 was printed, and hiding it now helps nobody.
    found = table("A", FIRST)
    printed = Before(found, np.zeros(len(found.cells), dtype=bool))
    done = protect_after(found, printed, POLICY)
    assert hidden(found, done.exposed) == {"north"}
    assert hidden(found, done.hidden) >= {"north"}
