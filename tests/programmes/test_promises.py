"""Promises of a programme: read, refused with their line, never mixed with synthetic ones."""

from pathlib import Path

import pytest

from orchestration import paths
from orchestration.programmes.programme import ProgrammeProblem, read_programme

PROGRAMME = """
programme: harbour
name: {name}
country: Nowhere
is_synthetic: {synthetic}
{seed}
summary: Invented for tests.
time_zone: Europe/London
landing: []
sources: []
data_from: 2017-01-01
data_to: 2018-12-31
areas: [{{id: force, name: Harbour, kind: force, parent: null}}]
"""
HEADER = (
    "promise_id,owner,owner_role,made_on,date_precision,who,area,wording,wording_kind,kind,measure,"
    "metric_id,measured_as,rule,rule_note,target,target_words,unit,due,publisher,source_title,"
    "source_url,supersedes,rival_of"
)


def row(name: str = "cameras", owner: str = "The Mayor", **changes: str) -> str:
    """A promise of 100 cameras by the end of 2017."""
    cells = dict.fromkeys(HEADER.split(","), "")
    cells |= {
        "promise_id": name,
        "owner": owner,
        "owner_role": "mayor",
        "made_on": "2016-12-01",
        "date_precision": "month",
        "who": owner,
        "area": "Harbour",
        "wording": "a hundred cameras by the end of the year",
        "wording_kind": "paraphrased",
        "kind": "delivery",
        "measure": "cameras issued",
        "rule": "record_quantity",
        "target": "100",
        "unit": "cameras",
        "due": "2017-12-31",
        "publisher": owner,
        "source_title": "a notice",
        "source_url": "not found",
    }
    return ",".join((cells | changes).values())


def folder(tmp_path: Path, *rows: str, synthetic: bool = False) -> Path:
    """A folder of a programme with these promises; its programme.yml."""
    place = tmp_path / "harbour"
    place.mkdir()
    text = PROGRAMME.format(
        name="Synthetic Harbour" if synthetic else "Harbour",
        synthetic=str(synthetic).lower(),
        seed="seed: 1" if synthetic else "",
    )
    (place / "programme.yml").write_text(text)
    (place / "promises.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    return place / "programme.yml"


def test_every_version_and_rival_is_kept(tmp_path: Path) -> None:
    rows = [row(), row("later", due="2018-06-30", supersedes="cameras"), row("x", rival_of="later")]
    programme = read_programme(folder(tmp_path, *rows))
    assert [promise.promise_id for promise in programme.promises] == ["cameras", "later", "x"]
    assert programme.is_on_record_alone


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (row(due="soon"), "promises.csv, line 3, due"),
        (row("second", wording_kind="rumour"), "promises.csv, line 3, wording_kind"),
        (row(), "stands twice"),
        (row("second", supersedes="first"), "no other promise first"),
        (row("second", rival_of="second"), "no other promise second"),
        (row("second", rule="not_measurable"), "must say why"),
        (row("second", rule="metric_at_least"), "needs metric_id"),
        (row("second") + ",more", "line 3"),
    ],
)
def test_a_row_of_no_use_is_refused_with_its_place(bad: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ProgrammeProblem, match=said):
        read_programme(folder(tmp_path, row(), bad))


@pytest.mark.parametrize(("owner", "synthetic"), [("The Mayor", True), ("Invented Mayor", False)])
def test_a_real_promise_never_meets_a_synthetic_programme(
    owner: str, *, synthetic: bool, tmp_path: Path
) -> None:
    with pytest.raises(ProgrammeProblem, match="begin with Invented"):
        read_programme(folder(tmp_path, row(owner=owner), synthetic=synthetic))


@pytest.mark.parametrize(("publisher", "synthetic"), [("A paper", True), ("Invented paper", False)])
def test_a_real_report_never_stands_among_synthetic_milestones(
    publisher: str, *, synthetic: bool, tmp_path: Path
) -> None:
    owner = "Invented Mayor" if synthetic else "The Mayor"
    path = folder(tmp_path, row(owner=owner), synthetic=synthetic)
    (path.parent / "milestones.csv").write_text(
        "milestone_id,milestone_date,date_precision,milestone,planned_or_actual,quantity,unit,"
        "equipped_group,publisher,source_url\n"
        f"pilot,2017-05-01,day,A pilot,planned,,,,{publisher},none\n"
    )
    with pytest.raises(ProgrammeProblem, match="milestone pilot: the publisher"):
        read_programme(path)


def test_a_promise_may_be_measured_by_a_part_of_a_figure(tmp_path: Path) -> None:
    measured = {"rule": "metric_at_most", "metric_id": "spend_gbp", "measured_as": "value"}
    path = folder(tmp_path, row(owner="Invented Mayor", **measured), synthetic=True)
    header, line = (path.parent / "promises.csv").read_text().splitlines()
    (path.parent / "promises.csv").write_text(f"{header},measured_part\n{line},Synthetic payer\n")
    assert read_programme(path).promises[0].measured_part == "Synthetic payer"


def test_a_real_promise_takes_its_status_from_the_record_alone(tmp_path: Path) -> None:
    measured = {"rule": "metric_at_least", "metric_id": "recordings", "measured_as": "value"}
    with pytest.raises(ProgrammeProblem, match="from the record"):
        read_programme(folder(tmp_path, row(**measured)))


def test_a_synthetic_promise_is_set_against_a_released_figure(tmp_path: Path) -> None:
    measured = {"rule": "metric_at_least", "metric_id": "recordings", "measured_as": "value"}
    invented = row(owner="Invented Mayor", **measured)
    programme = read_programme(folder(tmp_path, invented, synthetic=True))
    assert programme.promises[0].metric_id == "recordings"


def with_reports(tmp_path: Path, report: str, *rows: str) -> Path:
    """A programme of these promises with one milestone, `pilot`, and one report of it."""
    path = folder(tmp_path, *rows)
    (path.parent / "milestones.csv").write_text(
        "milestone_id,milestone_date,date_precision,milestone,planned_or_actual,quantity,unit,"
        "equipped_group,publisher,source_url\n"
        "pilot,2017-05-01,day,A pilot,actual,20,cameras,,A paper,none\n"
    )
    header = "milestone_id,promise_id,finds,said_by,why"
    (path.parent / "reports.csv").write_text(f"{header}\n{report}\n")
    return path


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("nothing,cameras,,others,", "nothing: there is no such milestone"),
        ("pilot,hats,,others,", "pilot: there is no promise hats"),
        ("pilot,cameras,kept,others,", "record_report and for claims, not record_quantity"),
        ("pilot,seen,,others,", "record_report and for claims, not record_report"),
        ("pilot,seen,perhaps,others,", r"reports\.csv, line 2, finds"),
        ("pilot,seen,kept,nobody,", r"reports\.csv, line 2, said_by"),
    ],
)
def test_a_report_of_no_promise_or_with_a_finding_its_rule_does_not_read_is_refused(
    report: str, said: str, tmp_path: Path
) -> None:
    path = with_reports(tmp_path, report, row(), row("seen", rule="record_report"))
    with pytest.raises(ProgrammeProblem, match=said):
        read_programme(path)


def test_a_report_says_whose_word_it_is(tmp_path: Path) -> None:
    [report] = read_programme(with_reports(tmp_path, "pilot,cameras,,promiser,", row())).reports
    assert (report.said_by, report.finds) == ("promiser", None)


def with_parts(tmp_path: Path, *rows: tuple[str, str]) -> Path:
    """A programme whose promises are each a row and the promise that it is a part of."""
    path = folder(tmp_path)
    lines = [f"{HEADER},part_of", *(f"{line},{whole}" for line, whole in rows)]
    (path.parent / "promises.csv").write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(row("all", rule="all_parts"), "")], "needs promises that name it"),
        ([(row("all"), ""), (row("a"), "all")], "takes the rule all_parts"),
        ([(row("a"), "all")], "no other promise all"),
        ([(row("a", rule="claim"), "")], "both the kind and the rule"),
    ],
)
def test_parts_and_claims_that_do_not_hold_together_are_refused(
    rows: list[tuple[str, str]], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ProgrammeProblem, match=said):
        read_programme(with_parts(tmp_path, *rows))


def test_a_promise_may_have_several_parts(tmp_path: Path) -> None:
    rows = [(row("all", rule="all_parts"), ""), (row("a"), "all"), (row("b"), "all")]
    parts = [each.part_of for each in read_programme(with_parts(tmp_path, *rows)).promises]
    assert parts == [None, "all", "all"]


def test_a_search_is_of_a_promise_on_record(tmp_path: Path) -> None:
    path = folder(tmp_path, row())
    (path.parent / "searched.csv").write_text(
        "promise_id,searched_on,where,query_words,found,note\nhats,2026-11-29,copies,hats,false,\n"
    )
    with pytest.raises(ProgrammeProblem, match=r"searched\.csv: there is no promise hats"):
        read_programme(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hats,nation,all,officers,For scale.", r"context\.csv: there is no promise hats"),
        ("cameras,harbour,all,officers,For scale.", "a figure of harbour itself would decide it"),
        ("cameras,nation,all,officers,", r"context\.csv, line 2, why"),
    ],
)
def test_only_a_figure_of_another_programme_stands_beside_a_promise_with_its_reason(
    line: str, said: str, tmp_path: Path
) -> None:
    path = folder(tmp_path, row())
    header = "promise_id,shown_programme,shown_area,shown_metric,why"
    (path.parent / "context.csv").write_text(f"{header}\n{line}\n")
    with pytest.raises(ProgrammeProblem, match=said):
        read_programme(path)


@pytest.mark.parametrize(("name", "share"), [("share-west-mercia", 69), ("share-warwickshire", 31)])
def test_a_share_of_a_joint_bill_is_measured_by_the_bill_and_not_by_the_budget(
    name: str, share: int
) -> None:
    programme = read_programme(paths.PROGRAMMES / "west_mercia_synthetic" / "programme.yml")
    [promise] = [each for each in programme.promises if each.promise_id == name]
    assert promise.metric_id == "spend_share_of_funder"
    assert promise.target == share + 0.1
    assert f"{share} per cent of the joint bill" in promise.wording
    [budget] = programme.budgets
    assert budget.shares[str(promise.measured_part)] == share
