"""The engines that compute models, and versions of DuckDB known to be at fault.

Nothing is started with a version at fault.
"""

import os
from importlib.metadata import version

DUCKDB, SPARK = "duckdb", "spark"
"""The engines, named as the targets of `profiles.yml`."""
ENGINES = (DUCKDB, SPARK)

AS_PARSED: dict[str, dict[str, str]] = {DUCKDB: {}, SPARK: {"intermediate_models": "table"}}
"""Variables of dbt that tell each engine, when models are parsed, how to store them."""

AT_FAULT = {
    "2.0.0": (
        "it loses values when it writes Parquet on several threads, so that rows count for nobody"
    ),
}
"""Faulty versions by number, with what each gets wrong."""

FIRST_SOUND = "2.0.1"


def memory_setting() -> str:
    """How much memory the warehouse may use, as DuckDB writes it; `profiles.yml` says the same."""
    return os.environ.get("BODYWORN_MEMORY", "6GB")


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class EngineAtFault(RuntimeError):
    """The installed DuckDB is known to write wrong files; the message says what to install."""


class EngineProblem(RuntimeError):
    """The engine asked for cannot be used or was lost; the message says what to do."""


def engine_version() -> str:
    """The installed version of DuckDB, read without importing it."""
    return version("duckdb")


def refuse_engine_at_fault() -> None:
    """Raise EngineAtFault, which says what to install, when the engine is known to be at fault."""
    installed = engine_version()
    if reason := AT_FAULT.get(installed):
        message = (
            f"DuckDB {installed} is installed, and {reason}. Install {FIRST_SOUND} or later:"
            f" `uv sync`, or `pip install 'duckdb>={FIRST_SOUND}'`."
        )
        raise EngineAtFault(message)
