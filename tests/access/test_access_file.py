"""`access.yml` gives roles to people, and refuses anything it could misunderstand."""

from datetime import date

import pytest

from orchestration.access.access_file import AccessProblem, parse_access, read_access
from orchestration.access.reader import EVERY, Grant, Level, reader_with
from orchestration.paths import ROOT

TODAY = date(2026, 11, 30)
HEAD = "identity: email\nreviewed_on: 2026-11-01\nreviewed_by: security\npeople:\n"
GIVEN = HEAD + (
    "  Jo@force.example: {roles: ['analyst:north'], areas: [town]}\n"
    "  ex@force.example: {roles: [pcc], until: 2026-11-29}\n"
    "  audit@force.example: {roles: [auditor]}\n"
)
FAULTS = {
    "a role that is none": ("{roles: [analist]}", "did you mean analyst?"),
    "an analyst of no programme": ("{roles: [analyst]}", "say of which programme"),
    "a programme that is none": ("{roles: ['analyst:nort']}", "did you mean north?"),
    "an auditor of a programme": ("{roles: ['auditor:north']}", "auditor is of no programme"),
    "no role at all": ("{roles: []}", "at least 1 item"),
    "an unknown key": ("{roles: [pcc], area: [town]}", "Extra inputs are not permitted"),
    "who analyses approves": (
        "{roles: ['analyst:north', assurer]}",
        "nobody both analyses and approves: north",
    ),
    "a day that is none": ("{roles: [pcc], until: 2026-02-30}", "not a value"),
    "a colon without a programme": ("{roles: ['panel:']}", "names no programme"),
    "an auditor with a colon": ("{roles: ['auditor:']}", "auditor is of no programme"),
    "areas that are none": ("{roles: [panel], areas: []}", "at least 1 item"),
}


def test_roles_are_given_by_identity_whatever_its_case() -> None:
    access = parse_access(GIVEN, "access.yml", ["north"])
    reader = access.reader("JO@FORCE.example", TODAY)
    assert reader is not None
    assert reader.actor == "jo@force.example"
    assert reader.grant("north") == Grant(Level.INTERNAL, frozenset({"town"}), may_download=True)
    assert reader.grant("south").level == Level.NOTHING


def test_whoever_is_not_listed_or_whose_time_is_over_is_nobody() -> None:
    access = parse_access(GIVEN, "access.yml", ["north"])
    assert access.reader("someone@force.example", TODAY) is None
    assert access.reader("ex@force.example", TODAY) is None
    assert access.reader("ex@force.example", date(2026, 11, 29)) is not None


def test_an_auditor_and_an_admin_see_no_data() -> None:
    auditor, admin = reader_with("a", ["auditor"]), reader_with("b", ["admin"])
    assert (auditor.sees_data, auditor.reads_log) == (False, True)
    assert (admin.sees_data, admin.reads_log) == (False, False)


def test_only_single_user_mode_sees_everything() -> None:
    every = ["public", "panel", "pcc", "analyst:north", "auditor", "admin"]
    assert not reader_with("a", every).sees_everything
    assert reader_with("a", ["assurer"]).grant(EVERY).level == Level.INTERNAL


def test_of_two_roles_the_more_open_one_counts_and_what_it_allows() -> None:
    reader = reader_with("a", ["public", "panel"])
    assert reader.grant("north") == Grant(Level.FIGURES, None, may_download=False)
    both = reader_with("a", ["panel", "pcc:north"])
    assert both.grant("north").may_download
    assert not both.grant("south").may_download


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_shown_with_file_and_line(what: str) -> None:
    written, message = FAULTS[what]
    with pytest.raises(AccessProblem) as caught:
        parse_access(f"{HEAD}  a@b.example: {written}\n", "access.yml", ["north"])
    assert "access.yml, line 5, column" in str(caught.value)
    assert message in str(caught.value)


def test_one_person_in_two_cases_is_a_fault() -> None:
    twice = HEAD + "  a@b.example: {roles: [pcc]}\n  A@b.example: {roles: [auditor]}\n"
    with pytest.raises(AccessProblem, match=r"line 6, column 3: A@b.example is listed twice"):
        parse_access(twice, "access.yml", [])


@pytest.mark.parametrize("identity", ["''", "' a@b.example'", '"a@b.example\\n"'])
def test_an_identity_with_blanks_around_it_is_a_fault(identity: str) -> None:
    with pytest.raises(AccessProblem, match=r"line 5, column 3: .* names nobody"):
        parse_access(f"{HEAD}  {identity}: {{roles: [pcc]}}\n", "access.yml", [])


def test_a_file_that_is_missing_is_named() -> None:
    with pytest.raises(AccessProblem, match=r"nowhere/access.yml is missing"):
        read_access(ROOT / "nowhere" / "access.yml", [])


def test_the_example_that_ships_can_be_used() -> None:
    found = read_access(ROOT / "deploy" / "access.example.yml", ["west_mercia", "london"])
    assert found.reader("analyst@force.example", TODAY) is not None


@pytest.mark.parametrize(
    ("listed", "comes"),
    [
        ("strasse@force.example", "straße@force.example"),
        ("mike@force.example", "mi\u212ae@force.example"),
        ("jess@force.example", "je\u017fs@force.example"),
        ("ren\u00e9@force.example", "rene\u0301@force.example"),
        ("\u0130pek@force.example", "i\u0307pek@force.example"),
    ],
)
def test_an_address_that_only_looks_like_another_is_not_taken_for_it(
    listed: str, comes: str
) -> None:
    access = parse_access(f"{HEAD}  {listed}: {{roles: [pcc]}}\n", "access.yml", [])
    assert access.reader(comes, TODAY) is None
    assert access.reader(listed, TODAY) is not None


def test_a_sub_is_another_person_s_in_another_case() -> None:
    two = HEAD.replace("email", "sub") + "  Ab: {roles: [pcc]}\n  aB: {roles: [auditor]}\n"
    access = parse_access(two, "access.yml", [])
    first, second = access.reader("Ab", TODAY), access.reader("aB", TODAY)
    assert first is not None
    assert second is not None
    assert (first.roles, second.roles) == (("pcc",), ("auditor",))
    assert access.reader("AB", TODAY) is None
