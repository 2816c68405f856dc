"""Processor seconds of recording events in Dagster: engines kept open, and made for every event.

`orchestration/runner/dagster_storage.py` is worth its replaced function only while the first is
well below the second; both are taken in the same run, in processes of their own.
"""

import json
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext

EVENTS = 300
MOST = 0.7
"""The most that engines kept open may take of the time without them."""


def _record(how: str) -> None:
    """In the child: record events in a new home of Dagster, then print what it took."""
    import dagster as dg

    from orchestration.runner.dagster_storage import engines_kept

    @dg.op
    def work(context: dg.OpExecutionContext) -> None:
        for number in range(EVENTS):
            context.log_event(dg.AssetMaterialization(asset_key=["event", str(number)]))

    @dg.job(executor_def=dg.in_process_executor)
    def events() -> None:
        work()

    kept = engines_kept() if how == "kept" else nullcontext()
    with tempfile.TemporaryDirectory() as home, kept, dg.DagsterInstance.local_temp(home) as opened:
        began = time.process_time()
        events.execute_in_process(instance=opened)
        json.dump(time.process_time() - began, sys.stdout)


def _seconds(how: str) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.dagster_events", how]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return float(json.loads(done.stdout))


def main() -> int:
    """Print both and their ratio; fail when keeping engines open gains too little."""
    kept, made = _seconds("kept"), _seconds("made")
    sys.stdout.write(
        f"{EVENTS} Dagster events, processor time   kept {kept:.1f} s   made for each {made:.1f} s"
        f"   {kept / made:.2f}, at most {MOST}\n"
    )
    return int(kept / made > MOST)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _record(sys.argv[1])
    else:
        sys.exit(main())
