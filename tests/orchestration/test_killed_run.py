"""kill -9 at every stage of a whole run, and a full disk: the next run finishes the job.

Every durable step within the stage that builds a release has its test in tests/release. That the
end is that of a run which nobody disturbed is shown where the release is made again.
"""

import json

import pytest

from orchestration.release.damage import verify
from orchestration.release.public.memory import MEMORY
from tests.orchestration.home_folder import Home
from tests.orchestration.kill_runs import STAGES

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


def test_a_run_killed_anywhere_or_out_of_room_leaves_the_last_good_release_or_the_next(
    released: Home, followed: Home
) -> None:
    served = json.loads((followed.folder.parent / "served.json").read_text("utf-8"))
    before, after = released.serving, followed.serving
    assert len(served) == len(STAGES) + 1
    assert served == sorted(served, key=[before, after].index)
    assert set(served) == {before, after}
    assert before != after


def test_after_all_kills_both_releases_are_whole(followed: Home) -> None:
    kept = [
        each
        for each in followed.releases.iterdir()
        if each.is_dir() and not each.is_symlink() and each.name != MEMORY
    ]
    assert [verify(each) for each in kept] == [[], []]
