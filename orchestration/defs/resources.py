"""What every step may ask for: the run's inputs, with the home locked while it lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import dagster as dg

from orchestration.steps.lock import run_lock
from orchestration.steps.run_inputs import Landed, landed


class Inputs(dg.ConfigurableResource[Landed]):
    """Landing folder, as-of date and replay file; empty means this home's landing and today."""

    landing: str = ""
    as_of: str = ""
    replay: str = ""

    @contextmanager
    def yield_for_execution(self, _context: dg.InitResourceContext) -> Iterator[Landed]:
        """One `Landed` for the whole run, and no other run in this home meanwhile."""
        with run_lock():
            yield landed(
                self.landing, date.fromisoformat(self.as_of) if self.as_of else None, self.replay
            )
