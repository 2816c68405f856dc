"""Which releases go, which never do, and that a half-done removal is finished later."""

from pathlib import Path

import pytest

from orchestration.release import publish
from orchestration.release.current import current
from orchestration.release.publish import swap
from tests.release import fixtures


def _three(home: Path) -> list[str]:
    return [fixtures.release(home, fixtures.more("north", n)).release.name for n in range(3)]


def test_the_newest_stay_and_the_rest_go(tmp_path: Path) -> None:
    first, second, third = _three(tmp_path)
    done = publish.prune(tmp_path / "releases", 2)
    assert (done.removed, done.kept) == ([first], [second, third])
    names = {path.name for path in (tmp_path / "releases").iterdir()}
    assert names == {"current", second, third}


def test_the_current_release_and_the_one_it_replaced_always_stay(tmp_path: Path) -> None:
    first, second, third = _three(tmp_path)
    assert publish.choose_removable(tmp_path / "releases", 1).removed == [first]
    swap(tmp_path / "releases" / second)
    assert publish.choose_removable(tmp_path / "releases", 1).kept == [first, second, third]
    swap(tmp_path / "releases" / first)
    assert publish.prune(tmp_path / "releases", 1).removed == [second]
    serving = current(tmp_path / "releases")
    assert serving is not None
    assert serving.name == first


@pytest.mark.parametrize("keep", [0, -3])
def test_keeping_none_is_refused(tmp_path: Path, keep: int) -> None:
    fixtures.release(tmp_path)
    with pytest.raises(ValueError, match="would leave no release"):
        publish.prune(tmp_path / "releases", keep)


def test_what_refused_and_dead_runs_left_goes_too(tmp_path: Path) -> None:
    made = fixtures.release(tmp_path).release
    for name in (".candidate-dead", ".refused-bad", ".removed-old"):
        (made.parent / name / "internal/csv").mkdir(parents=True)
    assert publish.prune(made.parent, 5).removed == []
    assert {path.name for path in made.parent.iterdir()} == {"current", made.name}


def test_a_folder_without_releases_has_nothing_to_prune(tmp_path: Path) -> None:
    assert publish.prune(tmp_path, 3) == publish.Pruned([], [])
