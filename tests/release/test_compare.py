"""What `diff` says changed between two releases."""

from pathlib import Path

from orchestration.release import compare, summary
from tests.release import fixtures

NEW_PLACE = f"""
    insert into dim_area values ('{fixtures.FORCE}', 'east', 'East', 'force', null, null);
    insert into fct_metrics by name
    select * replace ('east' as area_id, 0 as numerator, 0 as value) from fct_metrics
    where area_id = 'north';
"""
HIDDEN = """
    update fct_metrics set value = null, numerator = null, status = 'suppressed'
    where area_id = 'south';
"""


def _diff(home: Path, change: str) -> compare.ReleaseDifference:
    old, new = fixtures.release(home).release, fixtures.release(home, change).release
    return compare.diff(old, new)


def test_a_figure_that_moved_is_shown_with_old_and_new(tmp_path: Path) -> None:
    found = _diff(tmp_path, fixtures.more("north", 4))
    moved = [(row["area_id"], row["old_value"], row["new_value"]) for row in found.figures]
    assert moved == [("force", 3.0, 7.0), ("north", 1.0, 5.0)]
    assert {row["change"] for row in found.figures} == {"changed"}
    assert [table["table"] for table in found.tables] == ["fct_metrics"]
    assert "force month 2024-01-01: 3.0 (final) -> 7.0 (final)" in summary.difference(found)


def test_added_and_removed_figures_are_told_apart(tmp_path: Path) -> None:
    added = _diff(tmp_path / "one", NEW_PLACE)
    assert [(row["change"], row["area_id"]) for row in added.figures] == [("added", "east")]
    removed = _diff(tmp_path / "two", "delete from fct_metrics where area_id = 'south';")
    assert [(row["change"], row["area_id"]) for row in removed.figures] == [("removed", "south")]
    assert removed.new_missing == removed.figures


def test_a_figure_that_lost_its_value_is_newly_missing(tmp_path: Path) -> None:
    found = _diff(tmp_path, HIDDEN)
    (row,) = found.new_missing
    assert (row["area_id"], row["old_status"], row["new_status"]) == (
        "south",
        "final",
        "suppressed",
    )


def test_a_check_that_changed_is_shown(tmp_path: Path) -> None:
    old = fixtures.candidate(tmp_path / "old", tests={"months_are_whole": "pass"})
    new = fixtures.candidate(tmp_path / "new", tests={"months_are_whole": "warn"})
    found = compare.diff(old.folder, new.folder)
    (check,) = found.checks
    assert (check["check_name"], check["old_status"], check["new_status"]) == (
        "months_are_whole",
        "pass",
        "warn",
    )


def test_a_release_does_not_differ_from_itself(tmp_path: Path) -> None:
    release = fixtures.release(tmp_path).release
    found = compare.diff(release, release)
    assert found.is_empty
    assert "no figure, table or check changed" in summary.difference(found)


def test_a_long_list_is_cut_with_the_number_left_out(tmp_path: Path) -> None:
    months = """
        insert into fct_metrics by name
        select figure.* replace (cast(period_start + to_months(n) as date) as period_start,
            cast(period_start + to_months(n + 1) as date) as period_end)
        from fct_metrics as figure, range(1, 9) as r(n);
    """
    text = summary.difference(_diff(tmp_path, months))
    assert "24 figures moved" in text
    assert "... and 4 more" in text
