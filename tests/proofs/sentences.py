"""Every sentence of designs and pages from many random rows, read for what no reader should meet.

Run by `make prove`; the test in CI reads a few hundred.
"""

import argparse
import sys

import numpy as np

from tests.sentences import of_pages, of_record, of_results
from tests.sentences.marks import found_in


def main() -> int:
    """Print how many sentences were read and every mark found; 1 where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="tables and rows of each kind")
    parser.add_argument("--seed", type=int, default=20261130)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    read, marks = 0, []
    for _ in range(asked.rounds):
        said = [
            *of_results.of_random_tables(rng, each=1),
            *of_results.of_intervals(rng, 500),
        ]
        pages = [
            (metric["metric_id"], text)
            for metric in of_pages.metrics()
            for make in (of_pages.of_figure, of_pages.of_change)
            for text in make(rng, metric)
        ]
        pages += [each for _ in range(20) for each in of_record.everything(rng)]
        read += len(said) + len(pages)
        marks += [f"{whose}: {mark}" for whose, text in said for mark in found_in(text)]
        marks += [
            f"{whose}: {mark}" for whose, text in pages for mark in found_in(text, is_markdown=True)
        ]
    sys.stdout.write(f"{read:,} sentences read, {len(marks)} marks found\n")
    sys.stdout.writelines(f"  {mark}\n" for mark in marks[:50])
    return 1 if marks else 0


if __name__ == "__main__":
    sys.exit(main())
