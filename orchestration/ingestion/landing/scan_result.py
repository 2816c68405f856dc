"""What a scan of landing finds, and the loads of a release to repeat."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from orchestration.ingestion.delivery import Delivery, Identity


@dataclass(frozen=True)
class Refusal:
    """An entry of landing that is not loaded, and what can be done about it."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Replay:
    """The loads of a release: programmes, and for each identity its position and as-of date."""

    programmes: list[str]
    loads: dict[Identity, tuple[int, date]]


@dataclass
class Scan:
    """What lies in landing: new, known, claimed by nobody, refused.

    `outdated` names files loaded under another contract or key that are no longer in landing.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    known: list[Delivery] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    outdated: list[Refusal] = field(default_factory=list)


def read_replay(path: Path) -> Replay:
    """The loads to repeat, as `bodyworn reproduce` writes them."""
    order = json.loads(path.read_text(encoding="utf-8"))
    names = ("programme_id", "source_name", "table_name", "file_hash")
    loads = {
        (each[names[0]], each[names[1]], each[names[2]], each[names[3]]): (
            each["position"],
            date.fromisoformat(each["as_of"]),
        )
        for each in order["inputs"]
    }
    return Replay(order["programmes"], loads)
