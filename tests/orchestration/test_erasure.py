"""A person's records are erased: killed on the way, finished, and nothing of them is left."""

import json
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import create_autospec

import pytest

from orchestration.ingestion.erasures import suppression_list
from orchestration.runner.erase import UNFINISHED, erase
from orchestration.runner.erase_request import EraseRequest
from orchestration.runner.run import RunReport, run
from orchestration.steps.status import RunStatus
from tests.conftest import once
from tests.orchestration.home_folder import Home
from tests.proofs.erasure import Person, command, erase_and_die, person_in, traces

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


@dataclass(frozen=True)
class Erased:
    """A home after an erasure that was killed and then finished, and what was seen on the way."""

    home: Home
    person: Person
    before: str
    held: list[tuple[str, str]]
    dry_run: dict[str, object]
    report: dict[str, object]


@pytest.fixture(scope="session")
def erased(released: Home, tmp_path_factory: pytest.TempPathFactory) -> Erased:
    def erase(there: Path) -> None:
        home = released.copy(there)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BODYWORN_HOME", str(home.folder))
            person = person_in(home.landing)
        seen: dict[str, object] = {"before": home.serving, "person": vars(person)}
        seen["held"] = traces(home.folder, person.texts)
        rehearsed = home.bodyworn(*command(home, person, "--dry-run", "--json"))
        assert rehearsed.returncode == 0, rehearsed.stderr
        seen["dry_run"] = json.loads(rehearsed.stdout)
        assert traces(home.folder, person.texts) == seen["held"]
        words = command(home, person, "--json")
        killed = home.in_child(erase_and_die, "ledger/rows/", "os.rename", *words)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert home.serving == seen["before"]
        done = home.bodyworn(*words)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        seen["report"] = json.loads(done.stdout)
        (there / "seen.json").write_text(json.dumps(seen), encoding="utf-8")

    there = once(tmp_path_factory, "erased", erase)
    seen = json.loads((there / "seen.json").read_text(encoding="utf-8"))
    home = Home(there / "home", there / "landing")
    held = [(name, text) for name, text in seen["held"]]
    return Erased(
        home, Person(**seen["person"]), seen["before"], held, seen["dry_run"], seen["report"]
    )


def test_a_search_of_every_byte_and_table_finds_nobody_where_it_found_them_before(
    erased: Erased,
) -> None:
    places = {name.split("/")[0] for name, _ in erased.held}
    assert {"raw", "warehouse"} <= places
    assert traces(erased.home.folder, erased.person.texts) == []


def test_a_dry_run_says_by_file_what_would_go_and_changes_nothing(erased: Erased) -> None:
    assert erased.dry_run["entry"] is None
    assert erased.dry_run["files"] == erased.report["files"]
    counted = {}
    for file in erased.home.landing.rglob("*.csv"):
        rows = sum(erased.person.number in line for line in file.read_text().splitlines())
        if rows:
            counted[str(file.relative_to(erased.home.landing))] = rows
    named = {one["name"]: one["rows"] for one in erased.report["files"]}  # type: ignore[attr-defined]
    assert named == counted


def test_of_an_earlier_release_what_was_published_stays_and_still_verifies(
    erased: Erased,
) -> None:
    home, old = erased.home, erased.home.releases / erased.before
    assert {path.name for path in old.iterdir()} == {
        *("audit.json", "manifest.json", "run.json"),
        "public",
    }
    verified = home.bodyworn("release", "verify", erased.before)
    assert verified.returncode == 0
    assert "Only public/ is left of it" in verified.stdout
    assert home.bodyworn("release", "verify", "current").returncode == 0
    compared = home.bodyworn("release", "diff", erased.before, "current")
    assert compared.returncode == 2
    assert "Nothing to compare" in compared.stderr


def test_the_audit_log_says_who_ordered_it_and_nothing_of_whom(erased: Erased) -> None:
    file = erased.home.folder / "audit" / "events.jsonl"
    events = [json.loads(line) for line in file.read_text().splitlines()]
    ours = [one["filters"] for one in events if one["action"] == "erase"]
    # The first was killed; the second is about the same entry of the list.
    assert [one["stage"] for one in ours] == ["begun", "begun", "finished"]
    assert {(one["by"], one["why"], one["entry"]) for one in ours} == {
        ("A. Clerk", "Request 17", "1")
    }
    assert erased.home.bodyworn("audit", "verify").returncode == 0


def test_a_second_call_finds_the_person_in_landing_alone_and_makes_no_release(
    erased: Erased, tmp_path: Path
) -> None:
    home = erased.home.copy(tmp_path)
    before = home.serving
    done = home.bodyworn(*command(home, erased.person, "--json"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["said"] == []
    assert home.serving == before
    clean = command(home, erased.person)
    clean[clean.index("officer")] = "complainant"
    nobody = home.bodyworn(*clean)
    assert nobody.returncode == 3, nobody.stderr
    assert "Not found in any file. Later deliveries are loaded without the person" in nobody.stdout


def test_an_erasure_that_was_killed_once_every_file_was_clean_is_not_taken_for_finished(
    erased: Erased, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, person = erased.home.copy(tmp_path), erased.person
    monkeypatch.setenv("BODYWORN_HOME", str(home.folder))
    suppression_list.finish_erasures({person.programme: 0})
    ran = create_autospec(run, return_value=RunReport(RunStatus(0, "Released.")))
    monkeypatch.setattr("orchestration.runner.erase.run", ran)
    file = tmp_path / "person.txt"
    file.write_text(f"{person.number}\n{person.name}\n", encoding="utf-8")
    asked = EraseRequest(person.programme, "officer", file, "A. Clerk", "Request 17", home.landing)
    assert erase(asked).code == UNFINISHED
    ran.assert_called_once()
    assert suppression_list.unfinished_erasures([person.programme]) == {person.programme: 1}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--programme": "nobodys"}, "There is no programme 'nobodys'"),
        ({"--kind": "oficer"}, "knows no kind of person 'oficer'; did you mean officer"),
        ({"--identifier-file": "{there}/none.txt"}, "cannot be read: No such file"),
        ({"--identifier-file": "{there}/empty.txt"}, "is empty: write the person's identifiers"),
        ({"--identifier-file": "{there}/latin.txt"}, "is no text in UTF-8"),
        ({"--identifier-file": "{there}/nobody.txt"}, "Line 2 of"),
        ({"--by": " "}, "needs --by, who orders it, and --why"),
        ({"--why": "It is SYN-1"}, "--by or --why holds the identifier"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence_and_changes_nothing(
    erased: Erased, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    for name, content in (
        ("empty.txt", b"\n \n"),
        ("latin.txt", "Ren\xe9".encode("latin-1")),
        ("nobody.txt", b"PC1\nunknown\n"),
        ("person.txt", b"syn-1\n"),
    ):
        (tmp_path / name).write_bytes(content)
    options = {
        "--programme": erased.person.programme,
        "--kind": "officer",
        "--identifier-file": "{there}/person.txt",
        "--by": "A. Clerk",
        "--why": "Request 18",
        "--landing": str(erased.home.landing),
    } | change
    words = [word.format(there=tmp_path) for pair in options.items() for word in pair]
    listed = (erased.home.folder / "keys" / "erasures.jsonl").read_bytes()
    done = erased.home.bodyworn("erase", *words)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert said in done.stderr.replace("\n", " ")
    assert "SYN-1" not in done.stderr
    assert (erased.home.folder / "keys" / "erasures.jsonl").read_bytes() == listed


def test_an_erasure_waits_while_a_run_is_under_way(erased: Erased) -> None:
    holding = (
        "from orchestration.steps.lock import run_lock\n"
        "import subprocess, sys\n"
        "with run_lock():\n"
        "    sys.exit(subprocess.run(sys.argv[1:]).returncode)\n"
    )
    program = shutil.which("bodyworn") or ".venv/bin/bodyworn"
    done = erased.home.python("-c", holding, program, *command(erased.home, erased.person))
    assert done.returncode == 4
    assert "another run is under way" in done.stderr
