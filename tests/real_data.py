"""Real data in tests: read by path from a folder beside the project, never copied into it.

`BODYWORN_SHARED` names that folder, else it is `shared` beside the project. `docs/real_data.md`
says where each data set comes from and in which of its folders it belongs.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

from orchestration import paths

#: The folders below `data/` that the release over the real files is made of.
DATA_SETS = (
    *("chicago", "dc_bwc_rct", "tjjd_bwc"),
    *("uk_cps", "uk_home_office", "uk_moj", "uk_mps", "uk_police_data"),
)
#: Files that lie elsewhere in the folder of real data, and where a run looks for them in landing.
LANDED = {
    "record/data/iopc_finalised_complaints_by_force.csv":
        "uk_iopc/iopc_finalised_complaints_2024_25.csv",
    "record/data/iopc_allegations_logged_2024_25_partial.csv":
        "uk_iopc/iopc_allegations_logged_2024_25.csv",
}  # fmt: skip


def shared_folder() -> Path:
    """The folder of real data, whether it exists or not."""
    named = os.environ.get("BODYWORN_SHARED")
    return Path(named) if named else paths.ROOT.parent / "shared"


def real_path(path: str) -> Path:
    """A file or folder of real data, such as `data/chicago`.

    Where it is absent the test is skipped with the reason; with CI=true it fails, so that checks
    that everybody relies on cannot be skipped unnoticed.
    """
    found = shared_folder() / path
    if not found.exists():
        reason = f"{path} is not in {shared_folder()}: docs/real_data.md says how to get it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


def make_landing(landing: Path) -> None:
    """Copy the real files into a new folder, each where a run over the real programmes looks."""
    shutil.copytree(real_path("data"), landing)
    for name, there in LANDED.items():
        place = landing / there
        place.parent.mkdir(exist_ok=True)
        shutil.copy(real_path(name), place)


if __name__ == "__main__":
    make_landing(Path(sys.argv[1]))
