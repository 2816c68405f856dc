"""A programme's fingerprint changes with everything its rows are made of, and with nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import polars as pl
import pytest

from orchestration import paths
from orchestration.steps import build_plan, dbt
from orchestration.steps.build_plan import Fingerprints
from orchestration.steps.run_inputs import RunInputs
from orchestration.storage import engine

PROGRAMMES = ["east", "west"]


@dataclass
class Inputs:
    """What a fingerprint reads of a run's inputs."""

    scope: list[str] = field(default_factory=lambda: list(PROGRAMMES))
    key_fingerprints: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PROGRAMMES, "k"))


def _raw(name: str, programme: str = "east") -> Path:
    return paths.raw() / "bodyworn" / "shifts" / programme / f"{name}.parquet"


def _table(place: str, **columns: Sequence[object]) -> None:
    path = paths.derived() / f"{place}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(columns).write_parquet(path)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home with a raw file and a row of each table for two programmes."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    for programme in PROGRAMMES:
        _raw("first", programme).parent.mkdir(parents=True)
        _raw("first", programme).write_bytes(b"rows")
    _table("programme/areas", programme_id=PROGRAMMES, area_id=["a", "a"])
    _table("ingestion/ledger/ledger", programme_id=PROGRAMMES, accepted=[1, 1])


def _taken(inputs: Inputs | None = None) -> Fingerprints:
    return build_plan.take(cast("RunInputs", inputs or Inputs()))


def _longer() -> None:
    _raw("first").write_bytes(b"more rows")


def _at_another_time() -> None:
    path = _raw("first")
    path.unlink()
    path.write_bytes(b"rows")


@pytest.mark.parametrize(
    "happens",
    [
        lambda: _raw("second").write_bytes(b"rows"),
        lambda: _raw("first").unlink(),
        lambda: _raw("first").rename(_raw("other")),
        _longer,
        _at_another_time,
        lambda: _table("programme/areas", programme_id=PROGRAMMES, area_id=["b", "a"]),
        lambda: _table("programme/areas", programme_id=["west"], area_id=["a"]),
        lambda: _table("ingestion/ledger/ledger", programme_id=PROGRAMMES, accepted=[2, 1]),
    ],
)
def test_what_changes_of_one_programme_changes_its_fingerprint_alone(
    happens: Callable[[], object],
) -> None:
    before = _taken()
    happens()
    after = _taken()
    assert after.programmes["east"] != before.programmes["east"]
    assert after.programmes["west"] == before.programmes["west"]
    assert after.shared == before.shared


def test_another_key_lets_everything_be_built_since_deleted_rows_stay_in_the_file() -> None:
    other = _taken(Inputs(key_fingerprints={"east": "other", "west": "k"}))
    assert other.shared != _taken().shared


def test_without_a_change_nothing_changes() -> None:
    assert _taken() == _taken()
    assert Fingerprints.from_dict(_taken().as_dict()) == _taken()


def test_models_and_engine_and_shared_tables_change_what_all_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = {_taken().shared}
    monkeypatch.setattr(dbt, "models_version", lambda: "others")
    seen.add(_taken().shared)
    monkeypatch.setattr(build_plan, "engine_version", lambda: f"{engine.engine_version()}.1")
    seen.add(_taken().shared)
    _table("programme/kinds", kind=["force"])
    seen.add(_taken().shared)
    _table("programme/areas", programme_id=PROGRAMMES, area_id=["a", "a"], parent=["b", "b"])
    seen.add(_taken().shared)
    assert len(seen) == 5


def test_the_version_of_the_models_changes_with_any_file_that_dbt_reads(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    model = tmp_path / "models" / "int_shifts.sql"
    model.write_text("select 1")
    before = dbt.models_version(tmp_path)
    model.write_text("select 2")
    assert dbt.models_version(tmp_path) != before
