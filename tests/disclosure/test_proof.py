"""No hidden cell of random tables and pairs of releases can be worked out; more: make prove."""

import subprocess
import sys

import numpy as np
import pytest

from orchestration import paths
from orchestration.disclosure.policy import read_policy
from orchestration.disclosure.primary import primary
from tests.disclosure import random_tables
from tests.proofs.attacker import Print, solvable
from tests.proofs.suppression import Tally, attack


@pytest.mark.parametrize("first", range(0, 300, 60))
def test_no_hidden_cell_of_three_hundred_pairs_of_releases_can_be_worked_out(first: int) -> None:
    tally = Tally()
    for seed in range(first, first + 60):
        attack(seed, tally)
    assert (tally.solved, tally.exposed) == (0, 0)
    assert tally.hidden > tally.sensitive > 0


def test_the_proof_finds_what_primary_suppression_alone_gives_away() -> None:
    found = random_tables.arranged(random_tables.draw(1))
    bare = primary(found, read_policy()).to_numpy() & found.cells["is_printed"].to_numpy()
    assert solvable(Print(found, bare))
    assert solvable(Print(found, np.ones(len(bare), dtype=bool) & bare)) != []


def test_the_proof_prints_its_counts_and_ends_with_one_when_a_cell_is_solvable() -> None:
    weaker = (
        "import sys; from tests.proofs import suppression as it; import numpy as np\n"
        "from orchestration.disclosure.secondary import Protection\n"
        "from orchestration.disclosure.primary import primary\n"
        "def bare(new, before, policy):\n"
        "    mask = primary(new, policy).to_numpy() & new.cells['is_printed'].to_numpy()\n"
        "    return Protection(mask, np.zeros(len(mask), dtype=bool))\n"
        "it.protect_after = bare\n"
        "sys.argv = ['proof', '--tables', '5']\n"
        "sys.exit(it.main())\n"
    )
    command = [sys.executable, "-c", weaker]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "hidden cells are solvable" in done.stdout
