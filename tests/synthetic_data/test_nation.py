"""`bodyworn synthesise --forces`: programmes of their own, which a run takes from their folder."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.programmes.programme import read_programmes
from tests.conftest import run_bodyworn
from tests.synthetic_data.released_figures import Released
from tests.synthetic_data.test_command import digest

NAMES = ["force_01_synthetic", "force_02_synthetic"]


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two forces of the preset with the fewest rows."""
    out = tmp_path_factory.mktemp("nation") / "two"
    words = ("synthesise", "west_mercia", "--forces", "2", "--recordings", "500")
    done = CliRunner().invoke(app, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert f"BODYWORN_PROGRAMMES={out / 'programmes'} bodyworn run" in done.output
    return out


def test_every_force_is_a_programme_with_files_and_a_truth_of_its_own(nation: Path) -> None:
    programmes = read_programmes(nation / "programmes")
    assert [each.programme for each in programmes] == NAMES
    assert [each.landing for each in programmes] == [[name] for name in NAMES]
    assert all(each.is_synthetic and "Synthetic" in each.name for each in programmes)
    assert [path.name for path in sorted((nation / "landing").iterdir())] == NAMES
    truths = [json.loads((nation / "truth" / f"{name}.json").read_text()) for name in NAMES]
    assert [(each["programme"], each["recordings"]) for each in truths] == [(n, 500) for n in NAMES]
    assert len({each.seed for each in programmes} | {each["seed"] for each in truths}) == len(NAMES)
    one, other = (digest(nation / "landing" / name) for name in NAMES)
    assert {name for name in one if one[name] == other.get(name)} == set()


@pytest.mark.pipeline
@pytest.mark.timeout(600)
def test_a_run_over_the_nation_gives_each_force_its_own_figures(
    nation: Path, tmp_path: Path
) -> None:
    words = ("--landing", str(nation / "landing"))
    run_bodyworn(tmp_path, *words, programmes=nation / "programmes")
    release = (tmp_path / "releases" / "current").resolve(strict=True)
    for name in NAMES:
        truth = json.loads((nation / "truth" / f"{name}.json").read_text())
        assert Released(release, name).total("recordings") == truth["recordings"]
