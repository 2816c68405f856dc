"""The proof of suppression: random tables and pairs of releases, hidden and then attacked.

`python -m tests.proofs.suppression --tables 10000` prints what it looked at and ends with 1 if a
reader could work out any hidden cell. `--seconds` stops earlier and says how far it came.
"""

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np

from orchestration.disclosure.policy import read_policy
from orchestration.disclosure.primary import primary
from orchestration.disclosure.releases import Before, protect_after
from tests.disclosure import random_tables
from tests.proofs.attacker import Print, solvable

# In one table of so many it is also counted what primary suppression alone would give away.
COMPARED = 10


@dataclass
class Tally:
    """What has been looked at; every table comes with the release that follows it."""

    tables: int = 0
    cells: int = 0
    sensitive: int = 0
    hidden: int = 0
    exposed: int = 0
    solved: int = 0
    unprotected: int = 0

    def words(self) -> str:
        """The counts in a sentence each."""
        return "\n".join(
            [
                f"{self.tables} pairs of releases, {self.cells} printed cells",
                f"{self.sensitive} cells sensitive by themselves, {self.hidden} hidden in all",
                f"{self.unprotected} solvable by primary suppression alone (1 in {COMPARED})",
                f"{self.solved} hidden cells are solvable, {self.exposed} reported as exposed",
            ]
        )


def attack(seed: int, tally: Tally) -> None:
    """Hide one random table and its successor, and count what a reader can work out."""
    policy = read_policy()
    drawn = random_tables.draw(seed)
    old = random_tables.arranged(drawn)
    new = random_tables.arranged(random_tables.revised(drawn, seed + 1))
    first = protect_after(old, None, policy)
    second = protect_after(new, Before(old, first.hidden), policy)
    bare = primary(new, policy).to_numpy() & new.cells["is_printed"].to_numpy()
    if seed % COMPARED == 0:
        tally.unprotected += len(solvable(Print(new, bare)))
    tally.tables += 1
    tally.cells += int(new.cells["is_printed"].sum())
    tally.sensitive += int(bare.sum())
    tally.hidden += int(second.hidden.sum())
    tally.exposed += int(np.sum(second.exposed) + np.sum(first.exposed))
    # Who has both releases can work out whatever one alone gives away.
    tally.solved += len(solvable(Print(old, first.hidden), Print(new, second.hidden)))


def main() -> int:
    """Run the proof; 0 when nothing can be worked out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    asked = parser.parse_args()
    tally, end = Tally(), time.monotonic() + asked.seconds
    for seed in range(asked.first_seed, asked.first_seed + asked.tables):
        attack(seed, tally)
        if time.monotonic() > end:
            break
    sys.stdout.write(f"{tally.words()}\n")
    return 1 if tally.solved or tally.exposed else 0


if __name__ == "__main__":
    sys.exit(main())
