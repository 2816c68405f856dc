"""The audit log: appended, chained, checked by anybody; removed lines are noticed."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest
from typer.testing import CliRunner

from orchestration.access import audit_log
from orchestration.access.audit_log import NAME, Event, Head, LogProblem
from orchestration.cli import app as commands
from orchestration.paths import ROOT
from orchestration.release.history import anchors_of


def _log(folder: Path, count: int = 5) -> list[Head]:
    return [
        audit_log.append(
            folder, Event("view", "jo", ["pcc"], f"page {number}", {"area": "Nörth\u2028"}, number)
        )
        for number in range(count)
    ]


def _lines(folder: Path) -> list[str]:
    return _lines_of(folder / NAME)


def _lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")[:-1]


def _write(folder: Path, lines: list[str]) -> None:
    (folder / NAME).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_events_are_chained_from_the_first_on(tmp_path: Path) -> None:
    heads = _log(tmp_path)
    assert audit_log.verify(tmp_path, {}) == []
    assert audit_log.head(tmp_path) == heads[-1] == Head(5, heads[-1].hash)
    events = list(audit_log.read(tmp_path))
    assert [one["previous"] for one in events] == ["0" * 64, *(head.hash for head in heads[:-1])]
    assert events[2]["object"] == "page 2"
    assert events[2]["rows"] == 2


@pytest.mark.parametrize(
    "what", ["changed", "removed", "moved", "added", "garbled", "said twice", "spaced", "emptied"]
)
def test_what_was_done_to_a_line_is_found(what: str, tmp_path: Path) -> None:
    _log(tmp_path)
    lines = _lines(tmp_path)
    if what == "changed":
        lines[2] = lines[2].replace('"jo"', '"al"')
    elif what == "removed":
        del lines[2]
    elif what == "moved":
        lines[1], lines[2] = lines[2], lines[1]
    elif what == "added":
        lines.insert(2, lines[2])
    elif what == "said twice":
        lines[2] = lines[2].replace('"actor":', '"actor":"al","actor":')
    elif what == "spaced":
        lines[2] = lines[2].replace('"actor":', '"actor": ')
    elif what == "emptied":
        lines.insert(2, "")
    else:
        lines[2] = "{"
    _write(tmp_path, lines)
    assert audit_log.verify(tmp_path, {})


def test_the_end_that_goes_is_missed_by_what_a_release_carries(tmp_path: Path) -> None:
    heads = _log(tmp_path)
    _write(tmp_path, _lines(tmp_path)[:3])
    assert audit_log.verify(tmp_path, {}) == []
    [said] = audit_log.verify(tmp_path, {"2026-11-30-ab": heads[3]})
    assert said.startswith("release 2026-11-30-ab was made when there were 4 events")
    (tmp_path / NAME).unlink()
    _log(tmp_path)
    [said] = audit_log.verify(tmp_path, {"2026-11-30-ab": heads[3]})
    assert said == "line 4 is not the one that release 2026-11-30-ab carries"


def test_a_release_carries_the_head_of_the_log(tmp_path: Path) -> None:
    release = tmp_path / "2026-11-30-ab"
    release.mkdir()
    (release / "manifest.json").write_text("{}")
    (release / "run.json").write_text(json.dumps({"audit_log": {"sequence": 4, "hash": "ff"}}))
    assert anchors_of(tmp_path) == {"2026-11-30-ab": Head(4, "ff")}


def test_a_line_that_a_power_cut_left_half_written_is_no_event(tmp_path: Path) -> None:
    _log(tmp_path)
    with (tmp_path / NAME).open("a") as file:
        file.write('{"action":"vi')
    assert audit_log.verify(tmp_path, {}) == []
    assert _log(tmp_path, 1)[0].sequence == 6
    assert audit_log.verify(tmp_path, {}) == []


def test_many_at_once_make_one_chain(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda _: _log(tmp_path, 5), range(8)):
            pass
    assert audit_log.verify(tmp_path, {}) == []
    assert len(_lines(tmp_path)) == 40


ADDED = """
import sys
from pathlib import Path
from orchestration.access.audit_log import Event, append
for number in range(40):
    append(Path(sys.argv[1]), Event("view", sys.argv[2], ["pcc"], f"page {number}"))
"""


def test_two_processes_at_once_make_one_chain(tmp_path: Path) -> None:
    words = [sys.executable, "-c", ADDED, str(tmp_path)]
    started = [subprocess.Popen([*words, who], cwd=ROOT) for who in ("jo", "al")]
    assert [each.wait() for each in started] == [0, 0]
    assert audit_log.verify(tmp_path, {}) == []
    assert sorted(one["actor"] for one in audit_log.read(tmp_path)) == ["al"] * 40 + ["jo"] * 40


LONG, HALF = "x" * 2_000_000, "a\ud800b"


@pytest.mark.parametrize("text", [LONG, HALF, "a\nb\r\n\u2028c\x00", '"},{"'])
def test_no_text_of_a_reader_s_keeps_the_next_event_out(text: str, tmp_path: Path) -> None:
    """A name that a file was uploaded under, or an address that a provider let somebody choose."""
    many = dict.fromkeys((f"{number}{text}" for number in range(3)), text)
    audit_log.append(tmp_path, Event("estimate", text, [text] * 200, text, many))
    assert _log(tmp_path, 1)[0].sequence == 2
    assert audit_log.verify(tmp_path, {}) == []
    [first, _] = audit_log.read(tmp_path)
    assert first["object"] == {LONG: "x" * audit_log.LONGEST, HALF: "a\\ud800b"}.get(text, text)


def test_a_clock_that_goes_back_breaks_no_chain_and_hides_no_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    log, out = tmp_path / "audit", tmp_path / "out.jsonl"
    _log(log, 1)

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2020, 5, 1, 12, tzinfo=tz)

    with monkeypatch.context() as patch:
        patch.setattr(audit_log, "datetime", Earlier)
        _log(log, 1)
    _log(log, 1)
    assert audit_log.verify(log, {}) == []
    days = ["--since", "2020-05-01", "--until", "2020-05-01"]
    done = CliRunner().invoke(commands, ["audit", "export", *days, "--out", str(out)])
    assert done.exit_code == 0
    assert [json.loads(line)["sequence"] for line in _lines_of(out)] == [2]


def test_where_nothing_can_be_written_nothing_happens_unrecorded(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("in the way")
    with pytest.raises(LogProblem, match="cannot be written"):
        _log(tmp_path / "audit", 1)


def test_the_page_tells_a_third_party_how_to_check_it(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "audit_log.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    heads = _log(tmp_path)

    def checked() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-I", "-c", program, str(tmp_path / NAME)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert checked().stdout == f"5 events, last {heads[-1].hash}\n"
    whole = _lines(tmp_path)
    for changed in (('"page 3"', '"page 9"'), ('"actor":', '"actor":"al","actor":')):
        _write(tmp_path, [line.replace(*changed) for line in whole])
        assert checked().returncode != 0


@pytest.mark.parametrize("line", ["{}", "[]", "7", '{"roles":5}', "null", "{"])
def test_a_line_that_is_no_event_is_named_and_handed_on(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    log, out = tmp_path / "audit", tmp_path / "out.jsonl"
    _log(log, 2)
    _write(log, [*_lines(log), line])
    checked = CliRunner().invoke(commands, ["audit", "verify"])
    assert (checked.exit_code, "line 3" in checked.output) == (1, True)
    with pytest.raises(LogProblem, match="cannot be written"):
        _log(log, 1)
    CliRunner().invoke(commands, ["audit", "export", "--until", "1999-01-01", "--out", str(out)])
    assert _lines_of(out) == [line]


def test_the_commands_check_and_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    log, out = tmp_path / "audit", tmp_path / "out.jsonl"
    _log(log)
    verify, export = ["audit", "verify"], ["audit", "export", "--out", str(out)]
    whole = CliRunner().invoke(commands, verify)
    assert (whole.exit_code, "5 events, the chain is whole" in whole.output) == (0, True)
    assert CliRunner().invoke(commands, export).exit_code == 0
    assert out.read_text(encoding="utf-8").split("\n")[:-1] == _lines(log)[:5]
    assert [one["action"] for one in audit_log.read(log)][-1] == "export"
    again = CliRunner().invoke(commands, export)
    assert (again.exit_code, "there already" in again.output) == (2, True)
    _write(log, _lines(log)[1:])
    assert CliRunner().invoke(commands, verify).exit_code == 1
