"""A programme whose files were never delivered is released as far as it is public, and waits."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from orchestration import paths
from orchestration.ingestion import ledger
from orchestration.ingestion.landing.files import explain_unclaimed
from orchestration.ingestion.ledger import LedgerRow
from orchestration.ingestion.pseudonyms.keys import KeyProblem
from orchestration.programmes.programme import ProgrammeProblem, read_programmes
from orchestration.steps import settings
from orchestration.steps.run_inputs import RunInputs, make_run_inputs
from tests.programmes.test_camera_dates import HEADER, line
from tests.programmes.test_programme import TOY, WrittenOut

AS_OF = date(2026, 11, 21)
LIVE = {
    "programme": "live",
    "landing": ["live_force"],
    "optional_landing": ["live_force"],
    "sources": ["bodyworn"],
}
Over = Callable[..., RunInputs]


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Landing of a home without keys, with the folder of the toy programme in it."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LANDING", raising=False)
    monkeypatch.setattr(paths, "PROGRAMMES", tmp_path / "programmes")
    for module in ("settings", "run_inputs"):
        name = f"orchestration.steps.{module}.read_programmes"
        monkeypatch.setattr(name, lambda: read_programmes(paths.PROGRAMMES))
    paths.PROGRAMMES.mkdir()
    there = tmp_path / "landing"
    (there / "toy").mkdir(parents=True)
    return there


@pytest.fixture
def over(landing: Path) -> Over:
    """Makes the inputs of a run over the toy and a programme that has a roll-out and no files."""

    def made(*, is_on_record: bool = True, **changes: object) -> RunInputs:
        for settings_of in (TOY | {"sources": ["police_uk"]}, TOY | LIVE | changes):
            folder = paths.PROGRAMMES / str(settings_of["programme"])
            folder.mkdir(exist_ok=True)
            (folder / "programme.yml").write_text(yaml.dump(settings_of, Dumper=WrittenOut))
        dates = folder / "camera_dates.csv"
        dates.write_text(f"{HEADER}\n{line()}\n" if is_on_record else f"{HEADER}\n")
        return make_run_inputs(landing, AS_OF)

    return made


def test_it_joins_any_other_programme_without_a_folder_and_without_a_key(over: Over) -> None:
    run = over()
    settings.refuse_faulty(run)
    assert run.scope == ["live", "toy"]
    assert [one.programme for one in run.waiting] == ["live"]
    assert run.key_fingerprints == {}
    assert {table.source for table in run.used()} == {"police_uk"}
    assert run.scan.deliveries == []


def test_it_makes_no_release_alone(over: Over, landing: Path) -> None:
    (landing / "toy").rmdir()
    assert over().programmes == []


def test_with_its_folder_it_delivers_and_needs_its_key(over: Over, landing: Path) -> None:
    (landing / "live_force").mkdir()
    run = over()
    assert run.waiting == []
    with pytest.raises(KeyProblem, match="bodyworn keys new --programme live"):
        _ = run.key_fingerprints


def test_a_programme_waits_only_where_it_is_on_record_and_says_that_its_folder_may_be_absent(
    over: Over,
) -> None:
    assert over(is_on_record=False).scope == ["toy"]
    assert over(optional_landing=[]).scope == ["toy"]
    two = {"landing": ["live_force", "live_courts"], "optional_landing": ["live_courts"]}
    assert over(**two).scope == ["toy"]


@pytest.mark.parametrize("there", ["Live_force", "live_forse", "liveforce"])
def test_its_folder_mistyped_refuses_the_start(over: Over, landing: Path, there: str) -> None:
    (landing / there).mkdir()
    with pytest.raises(ProgrammeProblem, match=f"no folder live_force .*there is {there}"):
        settings.refuse_faulty(over())


def test_files_in_a_folder_of_another_name_are_named_and_not_passed_over(
    over: Over, landing: Path
) -> None:
    (landing / "force_files").mkdir()
    (landing / "force_files" / "recordings.csv").write_text("a\n")
    run = over()
    settings.refuse_faulty(run)
    [said] = explain_unclaimed(run.scan.unclaimed, run.programmes, run.contracts)
    assert said.startswith("force_files/recordings.csv (no programme of this run has the folder")


def test_a_source_that_nobody_knows_is_refused_while_it_waits(over: Over) -> None:
    with pytest.raises(ProgrammeProblem, match="no layout bodyworm; did you mean bodyworn"):
        settings.refuse_faulty(over(sources=["bodyworm"]))


def test_once_it_delivered_its_folder_may_not_go_missing(over: Over, landing: Path) -> None:
    ledger.append(LedgerRow(
        *("live", "bodyworn", "recordings", "0" * 64), file_name="live_force/recordings.csv",
        arrival=1, as_of=AS_OF, contract_version=1, load_status="accepted", reconciled=True,
        load_version="v", loaded_at=datetime(2026, 11, 21, tzinfo=UTC),
    ))  # fmt: skip
    with pytest.raises(ProgrammeProblem, match="files of the programme were delivered before"):
        settings.refuse_faulty(over())
    (landing / "live_force").mkdir()
    settings.refuse_faulty(over())


def test_scotland_waits_in_every_release_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "london_synthetic").mkdir()
    run = make_run_inputs(tmp_path, AS_OF)
    assert [one.programme for one in run.waiting] == ["police_scotland"]
    assert "police_scotland" in run.scope
