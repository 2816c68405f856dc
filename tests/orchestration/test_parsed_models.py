"""Where parsed models are kept: a server's project belongs to root, and its services parse too."""

import os
from pathlib import Path

import pytest

from orchestration.steps import dbt


def test_parsed_models_stay_with_a_project_that_may_be_written(tmp_path: Path) -> None:
    assert dbt.parsed_folder(tmp_path) == tmp_path / "target" / "parsed"
    (tmp_path / "target").mkdir()
    assert dbt.parsed_folder(tmp_path) == tmp_path / "target" / "parsed"


@pytest.mark.parametrize("is_there", [True, False])
def test_they_go_into_the_home_where_the_project_is_read_only(
    is_there: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    (project / "target" if is_there else project).mkdir(parents=True)
    monkeypatch.setenv("BODYWORN_HOME", str(home))
    monkeypatch.setattr(os, "access", lambda path, _: not Path(path).is_relative_to(project))
    assert dbt.parsed_folder(project).is_relative_to(home)
