"""The version of a load: a hash of all that decides how a file is read and what is stored of it."""

import hashlib
from functools import cache

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.pseudonyms.keys import Key
from orchestration.storage.code_version import of_sources
from orchestration.storage.engine import engine_version

# What a contract says to people, not to the reader.
WORDS = {"description": True, "source_meta": True, "columns": {"__all__": {"description"}}}
# The code that decides. Where files are found, what the ledger is exported as and how bytes reach
# the disk change nothing of what is stored; a key is known by its fingerprint.
DECIDING = (
    "orchestration/ingestion/contracts",
    "orchestration/ingestion/delivery.py",
    "orchestration/ingestion/formats",
    "orchestration/ingestion/load.py",
    "orchestration/ingestion/pseudonyms/pseudonyms.py",
    "orchestration/ingestion/validation",
    "orchestration/ingestion/write_raw.py",
    "orchestration/storage/read_back.py",
    "orchestration/storage/sql.py",
)


def load_version(contract: TableContract, key: Key | None, time_zone: str) -> str:
    """A hash that changes when a file would be read or written otherwise than before.

    The engine's version is part of it: a later one has mended what an earlier one got wrong, and a
    release is only made again by the engine that made it.
    """
    said = contract.model_dump_json(exclude=WORDS)  # type: ignore[arg-type]
    is_private = any(column.meta.privacy == "identifier" for column in contract.columns)
    fingerprint = key.fingerprint if key and is_private else ""
    parts = (said, _code(), engine_version(), fingerprint, time_zone)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _code() -> str:
    return of_sources(paths.ROOT, DECIDING)
