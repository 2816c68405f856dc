"""A run killed with -9 at every stage and left without room, each going on from the one before."""

import signal

from tests.forked import COMMAND, SOME_ASSETS
from tests.orchestration.home import Home

# A child that dies at the first durable step whose path holds a word: no hook in the product.
MORTAL = """
import os, signal, sys
stage, event = sys.argv[1:3]
del sys.argv[1:3]
def watch(name, args):
    if name == event and any(stage in str(a) for a in args[:2]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
"""
SMALL_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
"""
EVERYTHING = ""
# A whole run is made only where one is needed: a model, the studies and the release can be
# reached alone in a home that holds the rest.
STAGES = (
    ("ledger/arrivals.json", "os.rename", EVERYTHING),
    ("/raw/", "os.rename", EVERYTHING),
    ("ledger/rows/", "os.rename", EVERYTHING),
    ("derived/ingestion/ledger/ledger.parquet", "os.rename", EVERYTHING),
    ("compiled/bodyworn/models/marts/metric_values/fct_metrics.sql", "open", "fct_metrics"),
    ("derived/evaluation/studies.parquet", "os.rename", "studies"),
    (".candidate-", "os.rename", EVERYTHING),
    ("releases/current", "os.rename", "release"),
    ("status.json", "os.rename", "release"),
)
FULL_AFTER = "derived/evaluation/studies.parquet"


def kill_at_every_stage(home: Home) -> list[str]:
    """The names of the releases that served, in order, after each kill and the run without room."""
    served = []
    for stage, event, assets in STAGES:
        code, words = (SOME_ASSETS, [assets]) if assets else (COMMAND, [])
        done = home.forked(MORTAL + code, stage, event, *words, *home.as_usual)
        assert done.returncode == -signal.SIGKILL, f"{stage} was never reached: {done.stderr}"
        served.append(home.serving)
        if stage == FULL_AFTER:
            assert home.forked(SMALL_FILES + COMMAND, *home.as_usual).returncode == 1
            served.append(home.serving)
    return served
