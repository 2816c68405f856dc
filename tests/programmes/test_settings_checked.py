"""Settings that nobody could have meant are refused before a run starts, with the nearest name."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration import paths
from orchestration.ingestion import ledger
from orchestration.ingestion.contracts.column import read_both_ways
from orchestration.ingestion.contracts.table import ContractProblem, read_contracts
from orchestration.ingestion.landing.files import explain_unclaimed
from orchestration.ingestion.ledger import LedgerRow
from orchestration.programmes.programme import ProgrammeProblem, read_programme, read_programmes
from orchestration.steps import settings
from orchestration.steps.run_inputs import RunInputs, make_run_inputs
from orchestration.studies.study import StudyProblem, study_from
from tests.programmes.test_programme import TOY, WrittenOut, written

AS_OF = date(2026, 11, 21)


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an empty folder of the toy programme in landing; returns landing."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LANDING", raising=False)
    monkeypatch.setattr(paths, "PROGRAMMES", tmp_path / "programmes")
    monkeypatch.setattr(settings, "read_programmes", lambda: read_programmes(paths.PROGRAMMES))
    landing = tmp_path / "landing"
    (landing / "toy").mkdir(parents=True)
    (tmp_path / "programmes").mkdir()
    return landing


def inputs(there: Path, monkeypatch: pytest.MonkeyPatch, **changes: object) -> RunInputs:
    """A run over that landing folder, with some keys of the toy's programme.yml changed."""
    written(paths.PROGRAMMES, **({"sources": ["bodyworn"]} | changes))
    monkeypatch.setattr(
        "orchestration.steps.run_inputs.read_programmes", lambda: read_programmes(paths.PROGRAMMES)
    )
    return make_run_inputs(there, AS_OF)


METRIC = {"metric": "shifts_with_footage_shrae", "reason": "none"}
BREAK = {"date": "2017-03-01", "metrics": ["complaint_rat"], "what": "another form"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sources": ["bodyworm"]}, "there is no layout bodyworm; did you mean bodyworn?"),
        ({"not_supplied": [METRIC]}, "not_supplied: there is no metric shifts_with_footage_shrae"),
        ({"breaks": [BREAK]}, "breaks: there is no metric complaint_rat; did you mean "),
    ],
)
def test_a_name_that_nobody_knows_is_refused_with_line_and_the_nearest_name(
    toy: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ProgrammeProblem, match=r"toy/programme.yml, line \d+, column \d+") as seen:
        settings.refuse_faulty(inputs(toy, monkeypatch, **changes))
    assert sentence in str(seen.value)


def test_every_misspelt_name_is_on_one_list(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = inputs(toy, monkeypatch, sources=["phll"], not_supplied=[METRIC], breaks=[BREAK])
    with pytest.raises(ProgrammeProblem, match=r"^3 faults:"):
        settings.refuse_faulty(run)


def test_a_feed_that_no_model_unites_is_refused(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = inputs(toy, monkeypatch)
    table = next(one for one in run.contracts if one.label == "bodyworn.recordings")
    meta = table.meta.model_copy(update={"feed": "recodrings"})
    config = table.config.model_copy(update={"meta": meta})
    monkeypatch.setitem(run.__dict__, "contracts", [table.model_copy(update={"config": config})])
    with pytest.raises(ContractProblem, match=r"recodrings of bodyworn.recordings .*recordings\?"):
        settings.refuse_faulty(run)


def test_a_time_zone_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgrammeProblem, match="no time zone America/NewYork; did you mean Americ"):
        read_programme(written(tmp_path, time_zone="America/NewYork"))


@pytest.mark.parametrize("zone", ["EST", "GMT", "localtime", "Etc/GMT+5"])
def test_a_time_zone_of_no_place_is_refused(zone: str, tmp_path: Path) -> None:
    with pytest.raises(ProgrammeProblem, match="names no place, and its clocks never change"):
        read_programme(written(tmp_path, time_zone=zone))
    assert read_programme(written(tmp_path, time_zone="UTC")).time_zone == "UTC"


def test_an_abbreviation_is_not_answered_with_another(tmp_path: Path) -> None:
    with pytest.raises(ProgrammeProblem, match=r"no time zone BST$"):
        read_programme(written(tmp_path, time_zone="BST"))


@pytest.mark.parametrize("there", ["tyo", "Toy", "toy_"])
def test_a_folder_spelt_nearly_so_refuses_the_start(
    toy: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    run = inputs(toy, monkeypatch, landing=["toy_force"])
    (toy / "toy").rmdir()
    (toy / f"{there}_force").mkdir()
    with pytest.raises(ProgrammeProblem, match=f"no folder toy_force .*there is {there}_force"):
        settings.refuse_faulty(run)


def test_a_folder_absent_where_another_of_the_programme_is_there_refuses_the_start(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = inputs(toy, monkeypatch, landing=["toy", "courts"])
    with pytest.raises(ProgrammeProblem, match=r"no folder courts .* other folders"):
        settings.refuse_faulty(run)
    (toy / "courts").mkdir()
    settings.refuse_faulty(inputs(toy, monkeypatch, landing=["toy", "courts"]))


def test_a_folder_that_not_everybody_has_may_be_absent_and_may_not_be_misspelt(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = {"landing": ["toy", "toy_courts"], "optional_landing": ["toy_courts"]}
    settings.refuse_faulty(inputs(toy, monkeypatch, **folders))
    (toy / "toy_corts").mkdir()
    with pytest.raises(ProgrammeProblem, match=r"no folder toy_courts .* there is toy_corts"):
        settings.refuse_faulty(inputs(toy, monkeypatch, **folders))


def test_an_optional_folder_that_is_no_folder_of_the_programme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgrammeProblem, match="courts is not in landing"):
        read_programme(written(tmp_path, optional_landing=["courts"]))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"landing": ["../toy"]}, "is no folder within landing"),
        ({"landing": ["/etc"]}, "is no folder within landing"),
        ({"landing": [""]}, "is no folder within landing"),
        ({"landing": ["."]}, "is no folder within landing"),
        ({"landing": ["a\\b"]}, "is no folder within landing"),
        ({"landing": ["toy", "toy"]}, "named twice: toy"),
        ({"sources": ["bodyworn", "bodyworn"]}, "named twice: bodyworn"),
    ],
)
def test_a_folder_outside_landing_or_named_twice_is_refused(
    given: dict[str, list[str]], says: str, tmp_path: Path
) -> None:
    with pytest.raises(ProgrammeProblem, match=says):
        read_programme(written(tmp_path, **given))


def test_a_programme_of_the_served_release_whose_folder_is_gone_refuses_the_start(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = inputs(toy, monkeypatch)
    (toy / "toy").rmdir()
    settings.refuse_faulty(run)
    monkeypatch.setattr(settings, "current", lambda _: Path("2026-11-20-abc"))
    monkeypatch.setattr(settings, "read_manifest", lambda _: {"programmes": ["toy"]})
    with pytest.raises(ProgrammeProblem, match="the release being served holds this programme"):
        settings.refuse_faulty(inputs(toy, monkeypatch))


def test_a_run_over_some_of_the_programmes_starts(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = paths.PROGRAMMES / "north" / "programme.yml"
    other.parent.mkdir()
    kept = TOY | {"programme": "north", "landing": ["north_police"], "sources": ["bodyworn"]}
    other.write_text(yaml.dump(kept, Dumper=WrittenOut))
    run = inputs(toy, monkeypatch)
    settings.refuse_faulty(run)
    assert run.scope == ["toy"]


def test_data_to_weeks_after_the_last_record_is_warned_of(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = inputs(toy, monkeypatch)
    ledger.append(LedgerRow(
        *("toy", "bodyworn", "recordings", "0" * 64), file_name="toy/recordings.csv", arrival=1,
        as_of=AS_OF, contract_version=1, load_status="accepted", reconciled=True, load_version="v",
        loaded_at=datetime(2026, 11, 21, tzinfo=UTC), last_event_date=date(2017, 11, 30),
    ))  # fmt: skip
    [sentence] = settings.warnings(run)
    assert "data_to is 2017-12-31, and the last record is of 2017-11-30" in sentence
    assert settings.warnings(inputs(toy, monkeypatch, data_to="2017-12-05")) == []


def test_a_file_of_a_year_that_breaks_off_in_march_is_warned_of(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = inputs(toy, monkeypatch)
    row = LedgerRow(
        *("toy", "bodyworn", "shifts", "0" * 64), file_name="toy/shifts_2017.csv", arrival=1,
        as_of=AS_OF, contract_version=1, load_status="accepted", reconciled=True, load_version="v",
        loaded_at=datetime(2026, 11, 21, tzinfo=UTC), records=300, accepted=300,
        first_event_date=date(2017, 1, 2), last_event_date=date(2017, 3, 12),
        counting_status="counts",
    )  # fmt: skip
    ledger.append(row)
    [sentence] = settings.warnings(run)
    assert "toy/shifts_2017.csv: its name speaks of 2017-01-01 to 2017-12-31, and" in sentence
    assert "records are of 2017-01-02 to 2017-03-12" in sentence
    ledger.append(replace(row, file_hash="1" * 64, file_name="toy/rest_of_shifts_2017.csv",
        first_event_date=date(2017, 3, 14), last_event_date=date(2017, 12, 30)))  # fmt: skip
    assert settings.warnings(run) == []


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("%d/%m/%Y", "%m/%d/%Y", "03/02/2001"),
        ("%-d/%-m/%Y", "%m/%d/%Y", "03/02/2001"),
        ("%d.%m.%y", "%y.%m.%d", "03.02.01"),
        ("%Y-%m-%d %H:%M", "%Y-%d-%m %H:%M", "2001-02-03 04:05"),
        ("%d/%m/%Y", "%Y-%m-%d", None),
        ("%d/%m/%Y %H:%M:%S", "%m/%d/%Y", None),
        ("%d/%m/%Y", "%d/%m/%Y", None),
    ],
)
def test_formats_that_read_one_text_as_two_days_are_found(
    first: str, second: str, both: str | None
) -> None:
    assert read_both_ways(first, second) == both


def test_every_fault_of_a_programme_is_listed_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, data_to="2016-01-01", seed=3, nmae="x", name=None)
    with pytest.raises(ProgrammeProblem) as seen:
        read_programme(path)
    said = str(seen.value)
    assert said.startswith("2 faults:")
    line = 1 + next(at for at, text in enumerate(path.read_text().splitlines()) if "nmae" in text)
    assert f"line {line}, column 1: nmae: " in said
    assert "did you mean name?" in said
    path = written(tmp_path, data_to="2016-01-01", seed=3)
    with pytest.raises(ProgrammeProblem) as seen:
        read_programme(path)
    text = path.read_text().splitlines()
    for key in ("data_to", "seed"):
        line = 1 + next(at for at, one in enumerate(text) if one.startswith(key))
        assert f"toy/programme.yml, line {line}, column 1: {key}: " in str(seen.value)


def test_a_day_that_no_calendar_has_is_named_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text() + "extracted_on: 2026-02-30\n")
    with pytest.raises(ProgrammeProblem, match=r"line \d+, column 15: .*day is out of range"):
        read_programme(path)


def test_faults_of_all_contracts_are_on_one_list(tmp_path: Path) -> None:
    text = "sources:\n  - name: {0}\n    config: {{meta: {{owner: x}}}}\n    tabels: []\n"
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"_{name}.yml").write_text(text.format(name))
    with pytest.raises(ContractProblem) as seen:
        read_contracts(tmp_path)
    for name in ("one", "two"):
        at = rf"{name}/_{name}.yml, line 4, column 5: sources.{name}.tabels: .*did you mean tables"
        assert re.search(at, str(seen.value))
        assert f"sources.{name}.config.meta.origin: Field required" in str(seen.value)


def test_every_fault_of_a_study_is_listed() -> None:
    text = "design: rate_ratio\ntitel: A\nquestion: B\nkeys: {}\ndisclosure: Z\n"
    with pytest.raises(StudyProblem) as seen:
        study_from(text, "s.yml")
    assert "s.yml, line 2, column 1: titel: " in str(seen.value)
    assert "did you mean title?" in str(seen.value)
    assert "s.yml, line 5, column 1: disclosure: " in str(seen.value)


def test_a_file_that_fits_no_contract_is_told_which_pattern_came_nearest(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = inputs(toy, monkeypatch)
    names = ["toy/recording_2026-10.csv", "toy/SHIFTS.csv", "tyo/shifts.csv"]
    near, case, folder = explain_unclaimed(names, run.programmes, run.contracts)
    assert near == (
        "toy/recording_2026-10.csv (the nearest pattern is `recordings*.csv*` of"
        " bodyworn.recordings)"
    )
    assert "only upper and lower case differ from `shifts*.csv*` of bodyworn.shifts" in case
    assert "no programme of this run has the folder tyo; did you mean toy?" in folder
