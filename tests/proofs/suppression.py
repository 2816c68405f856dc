"""The proof of suppression: random chains of releases, hidden and then attacked.

`python -m tests.proofs.suppression --chains 1000` prints what it looked at and ends with 1 if a
reader of all releases of a chain could work out any hidden cell. `--seconds` stops earlier and says
how far it came. The output of the last proof is in docs/proof_of_suppression.txt.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.disclosure.cells import LinkedCells
from orchestration.disclosure.policy import primary, read_policy
from orchestration.disclosure.publications import (
    Decided,
    Published,
    named_by_quantity,
    protect_after,
)
from tests.disclosure import random_tables
from tests.proofs.attacker import Print, solvable

# In one chain of so many it is also counted what lesser protection would give away.
COMPARED = 10
LONGEST = 6


@dataclass
class Tally:
    """What has been looked at."""

    chains: int = 0
    releases: int = 0
    gaps: int = 0
    cells: int = 0
    sensitive: int = 0
    hidden: int = 0
    withheld: int = 0
    solved: int = 0
    unprotected: int = 0
    forgetful: int = 0

    def words(self) -> str:
        """The counts in a sentence each."""
        return "\n".join(
            [
                f"{self.chains} chains attacked: {self.releases} releases, {self.gaps} gaps",
                f"{self.cells} printed cells, {self.sensitive} of them sensitive by themselves",
                f"{self.hidden} cells hidden in all",
                f"{self.withheld} releases held back, as publishing would have given a cell away",
                f"1 chain in {COMPARED} with lesser protection, cells recovered:",
                f"    {self.unprotected} by hiding sensitive cells alone",
                f"    {self.forgetful} with a memory of the last release alone",
                f"{self.solved} cells recovered",
            ]
        )


def published(chain: Sequence[LinkedCells | None], *, remembers: bool = True) -> list[Print | None]:
    """What is printed of each release of a chain, None where there is none or it is withheld.

    With `remembers` false each release is compared with the one before it alone, and a night
    without a release forgets that too: so it was before there was a memory.
    """
    policy = read_policy()
    memory: Published | None = None
    prints: list[Print | None] = []
    for found in chain:
        if found is None:
            prints.append(None)
            memory = memory if remembers else None
            continue
        names = named_by_quantity(found)
        done: Decided = protect_after(found, names, memory, policy)
        if done.given_away and remembers:
            prints.append(None)
            continue
        mask = done.protection.hidden
        prints.append(Print(found, mask))
        memory = done.after if remembers else Published(found, mask, names)
    return prints


def attack(seed: int, tally: Tally, longest: int = LONGEST) -> None:
    """Publish one random chain of releases, and count what a reader of all can work out."""
    policy = read_policy()
    # Every length among the chains that are compared, too.
    length = 2 + (seed // COMPARED + seed) % (longest - 1)
    drawn = random_tables.chain(seed, length)
    chain = [None if one is None else random_tables.arranged(one) for one in drawn]
    there = [one for one in chain if one is not None]
    prints = [one for one in published(chain) if one is not None]
    bare = [primary(one, policy).to_numpy() & one.cells["is_printed"].to_numpy() for one in there]
    if seed % COMPARED == 0:
        alone = [Print(one, mask) for one, mask in zip(there, bare, strict=True)]
        tally.unprotected += len(solvable(*alone))
        lesser = [one for one in published(chain, remembers=False) if one is not None]
        tally.forgetful += len(solvable(*lesser))
    tally.chains += 1
    tally.releases += len(prints)
    tally.gaps += length - len(there)
    tally.withheld += len(there) - len(prints)
    tally.cells += sum(int(one.found.cells["is_printed"].sum()) for one in prints)
    tally.sensitive += sum(int(np.sum(mask)) for mask in bare)
    tally.hidden += sum(int(np.sum(one.hidden)) for one in prints)
    tally.solved += len(solvable(*prints)) if prints else 0


def main() -> int:
    """Run the proof; 0 when nothing can be worked out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--chains", type=int, default=1000)
    parser.add_argument("--longest", type=int, default=LONGEST)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    asked = parser.parse_args()
    tally, end = Tally(), time.monotonic() + asked.seconds
    for seed in range(asked.first_seed, asked.first_seed + asked.chains):
        attack(seed, tally, asked.longest)
        if time.monotonic() > end:
            break
    sys.stdout.write(f"{tally.words()}\n")
    return 1 if tally.solved else 0


if __name__ == "__main__":
    sys.exit(main())
