"""Where everything is: the one module that reads the environment for paths."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: A folder per programme: `BODYWORN_PROGRAMMES`, or those that come with the project.
PROGRAMMES = (ROOT / (os.environ.get("BODYWORN_PROGRAMMES") or "data/programmes")).resolve()
SEEDS = ROOT / "data" / "seeds"
STUDIES = ROOT / "data" / "studies"
MAPS = ROOT / "data" / "maps"
MODELS = ROOT / "models"
STAGING = MODELS / "staging"


def home() -> Path:
    """The folder that holds landing, raw, quarantine, derived, warehouse and releases.

    `BODYWORN_HOME` names it (dbt reads the same variable); the default is `data` in the project.
    """
    return (ROOT / os.environ.get("BODYWORN_HOME", "data")).resolve()


def landing() -> Path:
    """Files as a force delivered them: `LANDING`, or `landing` in the home folder."""
    named = os.environ.get("LANDING")
    return Path(named).resolve() if named else home() / "landing"


def raw() -> Path:
    """One Parquet file per delivered file."""
    return home() / "raw"


def set_aside() -> Path:
    """Raw files of deliveries that do not count now; they return when their file does."""
    return home() / "set_aside"


def quarantine() -> Path:
    """One file of rejects per delivered file."""
    return home() / "quarantine"


def derived() -> Path:
    """What Python computes and dbt reads again: ledger, programmes, studies."""
    return home() / "derived"


def parsed() -> Path:
    """Models as dbt parsed them, where the project itself cannot be written to."""
    return derived() / "parsed"


def warehouse() -> Path:
    """The build database; dbt alone writes it and nothing outside a run opens it."""
    return home() / "warehouse" / "bodyworn.duckdb"


def ledger() -> Path:
    """What was delivered and its outcome: one small file per delivered file and table."""
    return home() / "ledger"


def keys() -> Path:
    """The keys of the programmes: `BODYWORN_KEYS`, or `keys` in the home folder."""
    named = os.environ.get("BODYWORN_KEYS")
    return Path(named).resolve() if named else home() / "keys"


def releases() -> Path:
    """Published releases and the `current` link."""
    return home() / "releases"


def audit_log() -> Path:
    """The record of who saw and did what."""
    return home() / "audit"


def misplaced() -> list[Path]:
    """Files in places where the home has a folder: the folder would be read as empty."""
    inside = (raw(), set_aside(), quarantine(), derived(), warehouse().parent, ledger(), keys())
    return [path for path in (*inside, releases(), audit_log()) if path.is_file()]


def restoring() -> Path:
    """The list of a restore that was begun: while it is there, the home is half of one."""
    return home() / ".restoring" / "backup.json"


def access_file() -> Path:
    """Who may see what: `BODYWORN_ACCESS`, or `access.yml` in the home folder."""
    named = os.environ.get("BODYWORN_ACCESS")
    return Path(named).resolve() if named else home() / "access.yml"
