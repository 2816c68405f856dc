"""What the manifest says of a release, and what its content hash covers."""

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.release import build, manifest
from orchestration.release.current import read_manifest
from orchestration.release.manifest import read_inputs
from tests.release import fixtures

FILES = [f"{fixtures.FORCE}/{name}" for name in fixtures.DELIVERED]
CLOCK_WORDS = ("started", "finished", "loaded_at")


def test_the_manifest_names_everything_that_decides_the_outputs(tmp_path: Path) -> None:
    order = replace(
        fixtures.order(tmp_path),
        key_fingerprints={"invented_force/officer": "k1"},
        contract_versions={"forms.complaints": 1},
    )
    made = build.build(order, root=fixtures.code(tmp_path)).manifest
    assert [delivered["file_name"] for delivered in made["inputs"]] == FILES
    assert [delivered["file_hash"] for delivered in made["inputs"]] == [*fixtures.HASHES.values()]
    assert made["as_of"] == "2024-03-01"
    assert made["key_fingerprints"] == {"invented_force/officer": "k1"}
    assert made["contract_versions"] == {"forms.complaints": 1}
    assert made["metric_versions"] == {"complaints": 1}
    assert made["tests"] == {"counts": {"pass": 1}, "each": {"areas_are_known": "pass"}}
    assert set(made["code"]) == {"version", "lock", "duckdb"}
    assert set(made["made_by"]) == {"git_commit", "python", "dbt"}
    assert made["release"] == f"2024-03-01-{made['content_hash'][:12]}"


def test_clocks_are_in_run_json_only(tmp_path: Path) -> None:
    order = replace(fixtures.order(tmp_path), loaded_at={"jan.csv": "2024-02-01T03:00:00Z"})
    made = build.build(order, root=fixtures.code(tmp_path))
    run = json.loads((made.folder / "run.json").read_text())
    text = (made.folder / "manifest.json").read_text()
    assert run["started"] == "2024-03-01T02:00:00+00:00"
    assert run["loaded_at"] == {"jan.csv": "2024-02-01T03:00:00Z"}
    assert not any(word in text for word in CLOCK_WORDS)


def test_another_hour_and_run_make_the_same_content(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path)
    one = build.build(order, root=fixtures.code(tmp_path)).manifest
    later = replace(order, run_id="later", started_at=datetime(2024, 3, 1, 9, tzinfo=UTC))
    assert build.build(later, root=fixtures.code(tmp_path)).manifest == one


def test_changed_code_makes_another_release(tmp_path: Path) -> None:
    one = fixtures.candidate(tmp_path).manifest
    (fixtures.code(tmp_path) / "orchestration" / "run.py").write_text("print('other')\n")
    two = fixtures.candidate(tmp_path).manifest
    assert one["outputs"] == two["outputs"]
    assert one["release"] != two["release"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all that a release is made from."""
    copy = tmp_path_factory.mktemp("project")
    for name in manifest.DECIDING:
        if (paths.ROOT / name).is_file():
            shutil.copy(paths.ROOT / name, copy / name)
        else:
            shutil.copytree(paths.ROOT / name, copy / name)
    return copy


def _version_with(project: Path, name: str, old: str, new: str) -> tuple[str, str]:
    """The version before and after an edit, which is taken back."""
    file, before = project / name, manifest.code_version(project)
    text = file.read_text()
    assert text.count(old) == 1, f"the edit does not fit {name} any more"
    file.write_text(text.replace(old, new))
    after = manifest.code_version(project)
    file.write_text(text)
    return before, after


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("orchestration/evaluation/planning/power_by_formula.py", "default=0.05", "default=0.06"),
        ("orchestration/commands/check.py", "MOST_SHOWN = 20", "MOST_SHOWN = 30"),
        ("orchestration/release/manifest.py", '"""The manifest as', '"""Better: the manifest as'),
        ("orchestration/steps/run_inputs.py", "import json\n", "import json  # the order\n\n"),
    ],
    ids=["planning", "a command", "a docstring", "a comment"],
)
def test_an_edit_that_computes_nothing_starts_no_run_and_makes_no_other_release(
    project: Path, name: str, old: str, new: str
) -> None:
    before, after = _version_with(project, name, old, new)
    assert after == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("orchestration/ingestion/validation/flags.py", "SHARE = 0.5", "SHARE = 0.6"),
        ("orchestration/release/manifest.py", 'NAME = "manifest.json"', 'NAME = "other.json"'),
        ("dbt_project.yml", "version: 0.1.0", "version: 0.1.1"),
    ],
)
def test_an_edit_that_may_compute_otherwise_makes_another_release(
    project: Path, name: str, old: str, new: str
) -> None:
    before, after = _version_with(project, name, old, new)
    assert after != before


def test_nothing_that_decides_a_release_imports_what_does_not() -> None:
    undeciding = "|".join(
        n.removesuffix(".py").replace("/", r"\.") for n in manifest.DECIDING_NOTHING
    )
    reaching = re.compile(rf"^\s*(from|import) ({undeciding})\b", re.MULTILINE)
    modules = [
        path.relative_to(paths.ROOT) for path in (paths.ROOT / "orchestration").rglob("*.py")
    ]
    deciding = [m for m in modules if not m.as_posix().startswith(manifest.DECIDING_NOTHING)]
    assert len(deciding) > 100
    assert [m for m in deciding if reaching.search((paths.ROOT / m).read_text())] == []


def test_hidden_and_compiled_files_are_no_code(tmp_path: Path) -> None:
    root = fixtures.code(tmp_path)
    before = manifest.code_version(root)
    cache = root / "orchestration" / "__pycache__"
    cache.mkdir()
    (cache / "run.pyc").write_text("x")
    (root / "orchestration" / ".swap").write_text("x")
    assert manifest.code_version(root) == before
    (root / "models").mkdir()
    (root / "models" / "new.sql").write_text("select 1")
    assert manifest.code_version(root) != before


def test_a_release_names_the_one_it_replaced(tmp_path: Path) -> None:
    first = fixtures.release(tmp_path)
    second = fixtures.release(tmp_path, fixtures.more("north", 1))
    assert read_manifest(first.release)["parent"] is None
    assert read_manifest(second.release)["parent"] == first.release.name


def test_inputs_are_numbered_within_the_programmes_of_the_release(tmp_path: Path) -> None:
    elsewhere = f"""
        update fct_load_ledger set arrival = arrival + 40;
        insert into fct_load_ledger select * replace ('another' as programme_id,
            '{fixtures.FORCE}/c' || arrival as file_name, 1 as arrival) from fct_load_ledger;
    """
    order = fixtures.order(tmp_path, elsewhere)
    inputs = read_inputs(order.ledger, [fixtures.FORCE])
    assert [(i.position, i.file_name) for i in inputs] == [*enumerate(FILES, start=1)]
    assert read_inputs(tmp_path / "nothing", [fixtures.FORCE]) == []
