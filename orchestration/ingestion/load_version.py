"""The load version: a hash of everything that decides how a file is read and stored."""

import hashlib
from collections.abc import Sequence
from functools import cache

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import FileLimits
from orchestration.ingestion.pseudonyms.keys import Key
from orchestration.storage.engine import engine_version
from orchestration.storage.hashes import of_sources

# The parts of a contract that only inform readers or decide which versions count; none affects how
# a file is read.
DESCRIPTIONS = {
    "description": True,
    "source_meta": True,
    "columns": {"__all__": {"description"}},
    "config": {"meta": {"same_delivery", "replaces", "repeated_rows", "grain"}},
}
# The code that decides. Where files are found, how the ledger is exported and how bytes reach the
# disk do not change what is stored; a key is represented by its fingerprint.
DECIDING = (
    "orchestration/ingestion/contracts",
    "orchestration/ingestion/delivery.py",
    "orchestration/ingestion/formats",
    "orchestration/ingestion/load.py",
    "orchestration/ingestion/reading_task.py",
    "orchestration/ingestion/reading_child.py",
    "orchestration/ingestion/pseudonyms/pseudonyms.py",
    "orchestration/ingestion/validation",
    "orchestration/ingestion/write_raw.py",
    "orchestration/programmes/areas.py",
    "orchestration/programmes/time_zones.py",
    "orchestration/storage/read_back.py",
    "orchestration/storage/sql.py",
)


def load_version(
    contract: TableContract, key: Key | None, time_zone: str, areas: Sequence[str] = ()
) -> str:
    """A hash that changes when a file would be read or written differently than before.

    `areas` are the spellings of the programme's areas. The engine's version is part of it: a later
    one corrects mistakes of an earlier one, and a release can only be reproduced by the engine that
    made it.
    """
    settings = contract.model_dump_json(exclude=DESCRIPTIONS)  # type: ignore[arg-type]
    is_private = any(column.meta.privacy == "identifier" for column in contract.columns)
    fingerprint = key.fingerprint if key and is_private else ""
    parts = [settings, _code(), engine_version(), fingerprint, time_zone]
    if any(column.meta.area for column in contract.columns):
        parts += areas
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def under_limits(version: str, limits: FileLimits) -> str:
    """The version of a load that a limit ended: with other limits it is a new version."""
    return hashlib.sha256(f"{version}\n{limits}".encode()).hexdigest()


@cache
def _code() -> str:
    return of_sources(paths.ROOT, DECIDING)
