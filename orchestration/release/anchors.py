"""The head of the audit log that each release carries, so that removed lines are noticed."""

from collections.abc import Mapping
from pathlib import Path

from orchestration.access.audit_log import Head
from orchestration.release.current import published, read_run

KEY = "audit_log"


def anchors_of(releases: Path) -> Mapping[str, Head]:
    """Number and hash of the log's last event when each kept release was made, by its name."""
    carried = {path.name: read_run(path).get(KEY) for path in published(releases)}
    return {
        name: Head(int(head["sequence"]), str(head["hash"]))
        for name, head in carried.items()
        if isinstance(head, dict) and head.keys() >= {"sequence", "hash"}
    }
