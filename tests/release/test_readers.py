"""Readers in another process while releases are swapped: no error, and always one whole release."""

import json
import subprocess
import sys
import time
from pathlib import Path

from orchestration.release import publish
from tests.release import fixtures

SWAPS = 90
READER = """
import json, sys
from pathlib import Path
import polars as pl
from orchestration.release.current import connect, current, read_manifest
home = Path(sys.argv[1])
seen, torn, reads = set(), 0, 0
print("ready", flush=True)
while not (home / "stop").exists():
    release = current(home / "releases")
    with connect(release) as con:
        query = "select area_id, value from fct_metrics order by area_id"
        whole, north, south = (value for _, value in con.sql(query).fetchall())
        (noted,) = con.sql("select amount from fct_notes where note_id = 4").fetchall()[0]
    parquet = pl.read_parquet(release / "internal/parquet/fct_metrics.parquet")["value"].to_list()
    named = read_manifest(release)["release"]
    torn += whole != north + south or noted != whole or parquet != [whole, north, south]
    torn += named != release.name
    seen.add(release.name)
    reads += 1
print(json.dumps({"reads": reads, "torn": torn, "seen": len(seen)}))
"""


def _release(home: Path, more: int) -> Path:
    noted = "update fct_notes set amount = (select max(value) from fct_metrics) where note_id = 4;"
    return fixtures.release(home, fixtures.more("north", more) + noted).release


def test_readers_see_no_error_and_only_whole_releases_over_many_swaps(tmp_path: Path) -> None:
    made = [_release(tmp_path, more) for more in range(3)]
    command = [sys.executable, "-c", READER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        for swap in range(SWAPS):
            publish.swap(made[swap % 3])
            time.sleep(0.02)
            if swap % 30 == 29:
                made[swap // 30] = _release(tmp_path, 10 + swap)
        (tmp_path / "stop").touch()
        counts = json.loads(reader.stdout.read())
    assert reader.returncode == 0
    assert counts["torn"] == 0
    assert counts["reads"] >= 10
    assert counts["seen"] >= 3
