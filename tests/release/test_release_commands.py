"""`bodyworn release` and `bodyworn reproduce` as people and programs call them."""

import fcntl
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from orchestration import paths
from orchestration.access import audit_log
from orchestration.commands.release import app
from orchestration.commands.reproduce import reproduce
from tests.release import fixtures


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two releases, named by BODYWORN_HOME."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    fixtures.release(tmp_path)
    fixtures.release(tmp_path, fixtures.more("north", 1))
    return tmp_path


def _call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def _json(*words: str) -> Any:
    return json.loads(_call(*words, "--json").stdout)


def _recorded() -> list[tuple[str, str, dict[str, str]]]:
    """What the audit log says of the releases."""
    read = audit_log.read(paths.audit_log())
    return [(each["action"], each["object"], each["filters"]) for each in read]


def test_list_shows_the_newest_first_and_marks_the_current_one(home: Path) -> None:
    new, old = _json("list")
    assert (new["is_current"], old["is_current"]) == (True, False)
    assert new["parent"] == old["release"]
    first, second = _call("list").stdout.splitlines()
    assert first.startswith(f"* {new['release']}")
    assert second.startswith(f"  {old['release']}")


def test_list_before_the_first_release_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    assert "`bodyworn run` makes one" in _call("list").stdout
    refused = _call("show")
    assert refused.exit_code == 2
    assert "`bodyworn run` makes one" in refused.stderr


def test_show_tells_inputs_code_tests_and_tables(home: Path) -> None:
    printed = _call("show").stdout
    assert "jan.csv" in printed
    assert "1 pass" in printed
    assert "fct_metrics" in printed
    shown = _json("show", "parent")
    assert shown["as_of"] == "2024-03-01"
    assert "finished" in shown["run"]


def test_a_release_may_be_named_by_the_start_of_its_id(home: Path) -> None:
    new = _json("list")[0]["release"]
    assert _json("show", new[:14])["release"] == new
    several = _call("show", "2024")
    assert several.exit_code == 2
    assert "fits several releases" in several.stderr


def test_diff_compares_with_the_release_it_replaced(home: Path) -> None:
    assert len(_json("diff")["figures"]) == 2
    assert "2 figures moved" in _call("diff", "parent", "current").stdout


def test_verify_exits_1_and_names_what_differs(home: Path) -> None:
    assert _call("verify").exit_code == 0
    (home / "releases" / "current" / "internal/csv" / "dim_area.csv").write_text("x")
    found = _call("verify")
    assert found.exit_code == 1
    assert "csv/dim_area.csv has other bytes" in found.stdout
    assert _json("verify")["is_whole"] is False


def test_withdraw_marks_a_release_and_every_command_says_so(home: Path) -> None:
    current, parent = (entry["release"] for entry in _json("list"))
    printed = _call("withdraw", "parent", "--why", "A month is missing")
    assert printed.exit_code == 0
    assert f"{parent} was withdrawn on " in printed.stdout
    assert f": A month is missing. Use {current} instead." in printed.stdout
    sound, withdrawn = _json("list")
    assert (sound["withdrawn"], withdrawn["withdrawn"]["replaced_by"]) == (None, current)
    assert f"WITHDRAWN: {parent} was withdrawn" in _call("list").stdout
    assert "withdrawn   " in _call("show", "parent").stdout
    assert _json("show", "parent")["withdrawn"]["why"] == "A month is missing."
    assert _json("show")["withdrawn"] is None
    assert f"{parent} was withdrawn" in _call("diff").stdout
    assert [mark["release"] for mark in _json("diff")["withdrawn"]] == [parent]
    assert _recorded() == [("publish", parent, {"change": "withdrawn"})]


def test_verify_exits_3_for_a_release_that_is_whole_but_withdrawn(home: Path) -> None:
    _call("withdraw", "current", "--why", "A month is missing")
    found = _call("verify")
    assert found.exit_code == 3
    assert "is whole.\n" in found.stdout
    assert "A month is missing. Nothing replaces it yet." in found.stdout
    printed = _json("verify")
    assert (printed["is_whole"], printed["withdrawn"]["rule"]) == (True, "by_hand")
    (home / "releases" / "current" / "internal/csv" / "dim_area.csv").write_text("x")
    assert _call("verify").exit_code == 1


def test_withdraw_twice_or_during_a_run_is_refused(home: Path) -> None:
    _call("withdraw", "current", "--why", "Wrong")
    again = _call("withdraw", "current", "--why", "Wrong")
    assert again.exit_code == 2
    assert "withdrawn already" in again.stderr
    with (home / "run.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert _call("withdraw", "parent", "--why", "Wrong").exit_code == 4
    assert _json("show", "parent")["withdrawn"] is None


def test_prune_can_be_rehearsed_and_refuses_to_keep_none(home: Path) -> None:
    fixtures.release(home, fixtures.more("north", 2))
    oldest = _json("list")[-1]["release"]
    assert f"Would remove {oldest}" in _call("prune", "--keep", "1", "--dry-run").stdout
    assert _call("prune", "--keep", "0").exit_code == 2
    assert _recorded() == []
    assert _json("prune", "--keep", "1")["removed"] == [oldest]
    assert len(_json("list")) == 2
    assert _recorded() == [("publish", oldest, {"change": "removed"})]


def test_prune_waits_for_no_run_that_is_under_way(home: Path) -> None:
    with (home / "run.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = _call("prune", "--keep", "1")
    assert refused.exit_code == 4
    assert "another run is under way" in refused.stderr
    assert len(_json("list")) == 2


def test_reproduce_exits_2_and_says_why_it_cannot(home: Path) -> None:
    command = typer.Typer()
    command.command()(reproduce)
    words = ["current", "--landing", str(home / "landing")]
    printed = CliRunner().invoke(command, words)
    assert printed.exit_code == 2
    assert "cannot be reproduced here" in printed.stdout
    assert json.loads(CliRunner().invoke(command, [*words, "--json"]).stdout)["code"] == 2


@pytest.mark.parametrize("command", ["list", "show", "diff", "verify", "withdraw", "prune"])
def test_help_has_an_example(command: str) -> None:
    assert f"bodyworn release {command}" in _call(command, "--help").stdout
