"""A run killed with -9 at every stage and left without room, each going on from the one before."""

import os
import resource
import signal
import sys
from typing import Any

from tests.bodyworn_command import bodyworn
from tests.orchestration.home_folder import Home

SMALL_FILES = 50_000
EVERYTHING = ""
# A whole run is made only where one is needed: a model, the studies and the release can be
# reached alone in a home that holds the rest.
STAGES = (
    ("ledger/arrival_order.json", "os.rename", EVERYTHING),
    ("/raw/", "os.rename", EVERYTHING),
    ("ledger/rows/", "os.rename", EVERYTHING),
    ("derived/ingestion/ledger/ledger.parquet", "os.rename", EVERYTHING),
    ("compiled/bodyworn/models/marts/metric_values/fct_metrics.sql", "open", "fct_metrics"),
    ("derived/evaluation/studies.parquet", "os.rename", "evaluation"),
    (".candidate-", "os.rename", EVERYTHING),
    ("releases/current", "os.rename", "release"),
    ("status.json", "os.rename", "release"),
)
FULL_AFTER = "derived/evaluation/studies.parquet"


def run_and_die(stage: str, event: str, asset: str, *words: str) -> None:
    """The command, dead at the first durable step whose path holds `stage`.

    Python's audit events report the steps, so that the product needs no hook.
    """

    def watch(name: str, arguments: tuple[Any, ...]) -> None:
        if name == event and any(stage in str(each) for each in arguments[:2]):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    bodyworn(*words, assets=[asset] if asset else [])


def run_without_room(*words: str) -> None:
    """The command where no file can grow beyond a few kilobytes, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_FILES, SMALL_FILES))
    bodyworn(*words)


def kill_at_every_stage(home: Home) -> list[str]:
    """The names of the releases that served, in order, after each kill and the run without room."""
    served = []
    for stage, event, asset in STAGES:
        done = home.in_child(run_and_die, stage, event, asset, *home.as_usual)
        assert done.returncode == -signal.SIGKILL, f"{stage} was never reached: {done.stderr}"
        served.append(home.serving)
        if stage == FULL_AFTER:
            assert home.in_child(run_without_room, *home.as_usual).returncode == 1
            served.append(home.serving)
    return served
