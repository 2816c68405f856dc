"""The swap: what readers see before, during and after, and what a refusal leaves behind."""

from pathlib import Path

import pytest

from orchestration.release import publish
from orchestration.release.audit import candidate_audit
from orchestration.release.current import connect, current
from orchestration.release.damage import verify
from tests.release import fixtures


def _names(releases: Path) -> set[str]:
    return {path.name for path in releases.iterdir()}


def test_the_first_release_is_served_under_its_real_path(tmp_path: Path) -> None:
    assert current(tmp_path / "releases") is None
    made = fixtures.release(tmp_path)
    assert made.is_new
    assert current(tmp_path / "releases") == made.release
    assert not (tmp_path / "releases" / made.release.name).is_symlink()
    assert verify(made.release) == []


def test_the_same_content_makes_no_new_release_and_says_so(tmp_path: Path) -> None:
    first = fixtures.release(tmp_path)
    again = fixtures.release(tmp_path)
    assert not again.is_new
    assert again.sentence == f"Nothing new: {first.release.name} has the same content."
    assert _names(tmp_path / "releases") == {"current", first.release.name}


def test_what_was_opened_before_a_swap_stays_readable_after_it(tmp_path: Path) -> None:
    before = fixtures.release(tmp_path)
    with connect(before.release) as con:
        after = fixtures.release(tmp_path, fixtures.more("north", 4))
        (old,) = con.sql("select value from fct_metrics where area_id = 'force'").fetchall()
    with connect(after.release) as con:
        (new,) = con.sql("select value from fct_metrics where area_id = 'force'").fetchall()
    assert (old, new) == ((3.0,), (7.0,))


def test_going_back_to_earlier_content_serves_the_release_that_has_it(tmp_path: Path) -> None:
    first = fixtures.release(tmp_path)
    fixtures.release(tmp_path, fixtures.more("north", 4))
    back = fixtures.release(tmp_path)
    assert back.is_new
    assert current(tmp_path / "releases") == first.release


def test_a_failed_audit_keeps_the_candidate_aside_and_the_last_release_serving(
    tmp_path: Path,
) -> None:
    good = fixtures.release(tmp_path)
    broken = "update fct_metrics set numerator = 9 where area_id = 'north';"
    with pytest.raises(publish.AuditFailed) as raised:
        fixtures.release(tmp_path, broken)
    message = str(raised.value)
    assert "parts 11.0, whole 3.0" in message
    assert f"{good.release.name} still serves" in message
    assert current(tmp_path / "releases") == good.release
    assert (tmp_path / "releases" / ".refused-run" / "audit.json").is_file()
    assert _names(tmp_path / "releases") == {"current", good.release.name, ".refused-run"}


def test_before_the_first_release_a_failed_audit_says_there_is_none(tmp_path: Path) -> None:
    candidate = fixtures.candidate(tmp_path, tests={"months_are_whole": "fail"})
    with pytest.raises(publish.AuditFailed, match="there is no release yet"):
        publish.publish(candidate, candidate_audit.audit(candidate))


def test_only_the_last_refused_candidate_is_kept(tmp_path: Path) -> None:
    for _ in range(2):
        candidate = fixtures.candidate(tmp_path, tests={"months_are_whole": "fail"})
        with pytest.raises(publish.AuditFailed):
            publish.publish(candidate, candidate_audit.audit(candidate))
    assert _names(tmp_path / "releases") == {".refused-run"}


def test_leftovers_of_a_dead_run_are_cleaned_by_the_next(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    for name in (".candidate-dead", ".removed-candidate-dead"):
        (releases / name / "internal/parquet").mkdir(parents=True)
    (releases / ".current").symlink_to("gone")
    made = fixtures.release(tmp_path)
    assert _names(releases) == {"current", made.release.name}
