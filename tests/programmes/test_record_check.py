"""`bodyworn record check` lists what to look at again, and nothing that is in order."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.programmes.programme import Programme, read_programme, read_programmes
from orchestration.programmes.record_check import checks_due
from tests.programmes.test_promises import folder, row

MILESTONES = (
    "milestone_id,milestone_date,date_precision,milestone,planned_or_actual,quantity,unit,"
    "equipped_group,publisher,source_url,source_title,published_on,support,retrieved_on,note\n"
    "lone,2017-05-01,day,A pilot,actual,,,,A paper,https://example.org,,2017-05-01,one_source,,\n"
    "pair,2017-05-01,day,A pilot,actual,,,,A paper,https://example.org,,2017-05-01,"
    "several_sources,,\n"
    "undated,2017-06-01,day,More,actual,,,,Another,https://example.org,,,one_source,,\n"
)
REPORTS = (
    "milestone_id,promise_id,finds,said_by,why\n"
    "lone,alone,kept,others,\nundated,alone,bears,others,\n"
    "lone,both,kept,others,\nundated,both,kept,others,\npair,sure,kept,others,\n"
)
SEARCHES = (
    "promise_id,searched_on,where,query_words,found,note\n"
    "alone,2026-01-01,copies,words,true,\nalone,2026-11-29,copies,words,true,\n"
    "both,2026-01-01,copies,words,true,\nsure,2026-11-29,copies,words,true,\n"
)


def harbour(tmp_path: Path) -> Programme:
    """Promises of every kind that the check knows, and one that is in order."""
    seen = {"rule": "record_report"}
    rows = [row(name, **seen) for name in ("alone", "both", "sure", "never")]
    rows.append(row("rival", rival_of="never", **seen))
    rows.append(row("settled", rival_of="old", **seen))
    rows += [row("old", **seen), row("newer", supersedes="old", **seen)]
    path = folder(tmp_path, *rows)
    for name, text in (("milestones", MILESTONES), ("reports", REPORTS), ("searched", SEARCHES)):
        (path.parent / f"{name}.csv").write_text(text)
    return read_programme(path)


def test_each_kind_is_listed_and_what_is_in_order_is_not(tmp_path: Path) -> None:
    found = checks_due(harbour(tmp_path), date(2026, 12, 1))
    pairs = {(check.kind, check.about) for check in found}
    never = {("never_searched", name) for name in ("never", "rival", "settled", "old", "newer")}
    assert pairs == never | {
        ("old_search", "both"),
        ("undated_source", "undated"),
        ("one_source", "alone"),
        ("open_rival", "never"),
    }
    [rival] = [check for check in found if check.kind == "open_rival"]
    assert rival.rival == "rival"


@pytest.mark.parametrize(("day", "is_due"), [("2027-02-27", False), ("2027-02-28", True)])
def test_a_search_is_old_after_ninety_days(day: str, *, is_due: bool, tmp_path: Path) -> None:
    found = checks_due(harbour(tmp_path), date.fromisoformat(day))
    assert (("old_search", "sure") in {(each.kind, each.about) for each in found}) == is_due


def test_the_command_lists_the_shipped_record_for_a_day() -> None:
    said = CliRunner().invoke(app, ["record", "check", "--on", "2027-03-01", "--json"])
    assert said.exit_code == 0
    found = json.loads(said.stdout)
    listed = [
        {"programme": programme.programme} | check.model_dump(mode="json")
        for programme in read_programmes()
        for check in checks_due(programme, date(2027, 3, 1))
    ]
    assert found == listed
    assert {each["kind"] for each in found} >= {"old_search", "undated_source", "one_source"}
    assert {each["programme"] for each in found} == {"london", "west_mercia"}


def test_a_day_that_is_none_is_refused() -> None:
    said = CliRunner().invoke(app, ["record", "check", "--on", "soon"])
    assert said.exit_code == 2
    assert "not a day" in said.output
