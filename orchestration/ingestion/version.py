"""What a load depends on besides the file: contract, key and the code that reads."""

import hashlib
from functools import cache
from pathlib import Path

from orchestration.ingestion.contract import TableContract
from orchestration.ingestion.keys import Key

# What a contract says to people, not to the reader.
WORDS = {"description": True, "source_meta": True, "columns": {"__all__": {"description"}}}


def load_version(contract: TableContract, key: Key | None, time_zone: str) -> str:
    """A hash that changes when a file would be read otherwise than before."""
    said = contract.model_dump_json(exclude=WORDS)  # type: ignore[arg-type]
    is_private = any(column.meta.privacy == "identifier" for column in contract.columns)
    parts = (said, _code(), key.fingerprint if key and is_private else "", time_zone)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _code() -> str:
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
