"""No hidden cell of random chains of releases can be worked out; more: make prove."""

import subprocess
import sys

import numpy as np
import pytest

from orchestration import paths
from orchestration.disclosure.policy import primary, read_policy
from tests.disclosure import random_tables
from tests.proofs.attacker import Print, solvable
from tests.proofs.suppression import Tally, attack, published


@pytest.mark.parametrize("first", range(0, 120, 30))
def test_no_hidden_cell_of_chains_of_two_and_three_releases_can_be_worked_out(first: int) -> None:
    tally = Tally()
    for seed in range(first, first + 30):
        attack(seed, tally, longest=3)
    assert tally.solved == 0
    assert tally.hidden > tally.sensitive > 0
    assert tally.releases > 10 * tally.withheld
    assert tally.gaps > 0


def test_a_count_published_before_is_not_said_to_be_the_whole_of_its_group_later() -> None:
    # In the last release of this chain a count that was printed before is all of its group.
    tally = Tally()
    attack(752, tally)
    assert (tally.solved, tally.withheld) == (0, 1)


def test_a_memory_of_the_last_release_alone_gives_cells_back_after_a_gap_or_a_mistake() -> None:
    recovered = 0
    for seed in range(12):
        drawn = random_tables.chain(seed, 3)
        chain = [None if one is None else random_tables.arranged(one) for one in drawn]
        prints = [one for one in published(chain, remembers=False) if one is not None]
        recovered += len(solvable(*prints))
    assert recovered > 0


def test_the_proof_finds_what_primary_suppression_alone_gives_away() -> None:
    found = random_tables.arranged(random_tables.draw(1))
    bare = primary(found, read_policy()).to_numpy() & found.cells["is_printed"].to_numpy()
    assert solvable(Print(found, bare))
    assert solvable(Print(found, np.ones(len(bare), dtype=bool) & bare)) != []


def test_the_proof_prints_its_counts_and_ends_with_one_when_a_cell_is_solvable() -> None:
    weaker = (
        "import sys; from tests.proofs import suppression as it; import numpy as np\n"
        "from orchestration.disclosure.secondary import Protection\n"
        "from orchestration.disclosure.policy import primary\n"
        "def bare(new, names, memory, policy):\n"
        "    mask = primary(new, policy).to_numpy() & new.cells['is_printed'].to_numpy()\n"
        "    done = Protection(mask, np.zeros(len(mask), dtype=bool))\n"
        "    return it.Decided(done, it.Published(new, mask, names), done.exposed, 0)\n"
        "it.protect_after = bare\n"
        "sys.argv = ['proof', '--chains', '5']\n"
        "sys.exit(it.main())\n"
    )
    command = [sys.executable, "-c", weaker]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "cells recovered" in done.stdout.splitlines()[-1]
