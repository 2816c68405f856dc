"""The order of arrival: a number for every delivery, given once and kept."""

import fcntl
import json
from collections.abc import Iterable
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.deliveries import Identity
from orchestration.ingestion.durable import write_whole


def arrival_numbers(identities: Iterable[Identity]) -> dict[Identity, int]:
    """The number of each delivery, in the order given for those not seen before.

    Numbers are written down before anything is loaded, so that a run that takes over from a killed
    one loads in the same order.
    """
    file = paths.ledger() / "arrivals.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with (file.parent / "arrivals.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        given = _read(file)
        new = [identity for identity in dict.fromkeys(identities) if identity not in given]
        given |= {identity: len(given) + place for place, identity in enumerate(new, start=1)}
        if new:
            text = json.dumps([list(identity) for identity in sorted(given, key=given.__getitem__)])
            write_whole(file, text.encode())
    return given


def _read(file: Path) -> dict[Identity, int]:
    if not file.exists():
        return {}
    listed = json.loads(file.read_text(encoding="utf-8"))
    return {(p, s, t, h): place for place, (p, s, t, h) in enumerate(listed, start=1)}
