"""The warehouse that a run leaves for the next one, with a mark of what it was made of.

The mark is written last, once the release is made, and removed before anything in the warehouse
changes; between the two, a note says of what the models were built. The mark names the size and the
last change of the database: whatever else wrote into it, and a run that was killed, leave a
warehouse that nothing goes on from.
"""

import json
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.steps.build_plan import BuildPlan, Fingerprints
from orchestration.storage import durable


def _mark() -> Path:
    return paths.warehouse().parent / "kept.json"


def _note() -> Path:
    return paths.warehouse().parent / "built.json"


def _database() -> dict[str, int] | None:
    """Size and last change of the closed database; None without one, or where it was left open."""
    database = paths.warehouse()
    if not database.is_file() or database.with_name(f"{database.name}.wal").exists():
        return None
    about = database.stat()
    return {"bytes": about.st_size, "changed": about.st_mtime_ns}


def made_of() -> Fingerprints | None:
    """What the warehouse at hand was made of; None where nothing may go on from it."""
    try:
        said = json.loads(_mark().read_text(encoding="utf-8"))
        is_as_marked = said["database"] is not None and said["database"] == _database()
        return Fingerprints.from_dict(said["made_of"]) if is_as_marked else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget() -> None:
    """Let no later run go on from the warehouse at hand, which is about to change."""
    durable.remove(_mark())
    durable.remove(_note())


def note(plan: BuildPlan, now: Fingerprints) -> None:
    """Note by which plan, and of what, models were built without a fault."""
    durable.write_json(_note(), {"plan": plan.as_dict(), "made_of": now.as_dict()})


def keep() -> None:
    """Mark the warehouse as one to go on from; without that note, nothing."""
    try:
        made_of = json.loads(_note().read_text(encoding="utf-8"))["made_of"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    durable.write_json(_mark(), {"database": _database(), "made_of": made_of})


def plan_followed() -> dict[str, Any]:
    """The plan that the warehouse at hand was built by; empty where that is not known."""
    try:
        return dict(json.loads(_note().read_text(encoding="utf-8"))["plan"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
