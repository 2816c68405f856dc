"""Code names no source and no programme, and pages read nothing but released tables."""

import ast
import re
from pathlib import Path

from tests.house_rules.project import LANDED_BY_PYTHON, Manifest, files, nodes, released, shown

MODEL = re.compile(r"\b(?:stg|int|met|fct|dim|raw)_[a-z0-9_]+\b")
# A mart is found by its name; these tables are added by the release itself.
WRITTEN_BY_THE_RELEASE = re.compile(r"^release_[a-z]+$")
# Our own layout bears the product's name, which code may say.
PRODUCT = "bodyworn"


def strings(path: Path) -> set[str]:
    """Text constants of a module, docstrings included."""
    return {
        n.value for n in nodes(path) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def imports(path: Path) -> set[str]:
    """Modules that a module imports, anywhere in it."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_no_orchestration_file_names_a_source_or_a_programme(manifest: Manifest) -> None:
    sources = {table["source_name"] for table in manifest["sources"].values()}
    programmes = {path.parent.name for path in files("data/programmes/*/programme.yml")}
    names = (sources | programmes) - LANDED_BY_PYTHON - {PRODUCT}
    assert len(names) > 5
    # A time zone names a city, and a preset of the generator the programme it imitates.
    said = re.compile(r"(?<!/)\b(" + "|".join(sorted(names)) + r")\b", re.IGNORECASE)
    presets = files("orchestration/synthetic_data/*.py", "orchestration/commands/synthesise.py")
    code = [p for p in files("orchestration/*.py", "dashboards/*.py") if p not in presets]
    # A word such as "chicago" in prose would be a special case on its way in.
    hits = [(shown(p), h) for p in code for text in strings(p) for h in said.findall(text)]
    assert hits == []


def test_pages_name_only_tables_that_are_released(manifest: Manifest) -> None:
    tables = {mart["name"] for mart in released(manifest)}
    named = {
        (shown(path), name)
        for path in files("dashboards/*.py", "notebooks/*.ipynb")
        for name in MODEL.findall(path.read_text())
    }
    assert {(page, name) for page, name in named if name not in tables} == set()


def test_pages_do_not_import_the_pipeline() -> None:
    # Where releases lie, and which is current, is the release's to say, and who may see them the
    # roles'; a reader's own study is the engine's to run; the marks of hidden figures are the
    # policy's; why a row was rejected, and where its line is kept, ingestion's. Nothing else is.
    asked = "|".join(
        ("paths", "access", "storage", "release", "studies", "evaluation", "disclosure",
         r"ingestion\.ledger", r"ingestion\.validation\.result")
    )  # fmt: skip
    reaching = [
        (shown(path), name)
        for path in files("dashboards/*.py")
        for name in imports(path)
        if re.match(r"(orchestration|dagster|dbt)\b", name)
        and not re.match(rf"orchestration(\.({asked})\b.*)?$", name)
    ]
    assert reaching == []


def test_one_module_of_the_dashboards_opens_the_release() -> None:
    opens = re.compile(r"duckdb\.connect|current\.connect|read_parquet|read_csv")
    found = {shown(p) for p in files("dashboards/*.py") if opens.search(p.read_text())}
    # What is open to a reader is SQL that the one module runs; maps are no part of a release, nor
    # are the numbers of rejected lines, which stay on the server.
    spared = {
        "dashboards/data/scope.py",
        "dashboards/views/area_map.py",
        "dashboards/data/sources.py",
    }
    assert found - spared == {"dashboards/data/release.py"}


def test_every_page_is_an_exposure(manifest: Manifest) -> None:
    exposures = {each["name"] for each in manifest["exposures"].values()}
    pages = {path.stem for path in files("dashboards/app_pages/*.py")} - {"__init__"}
    assert pages - exposures == set()


def test_evaluation_knows_neither_dagster_nor_streamlit_nor_duckdb() -> None:
    outside = {"dagster", "streamlit", "duckdb", "dbt"}
    mixed = [
        (shown(path), name)
        for path in files(
            *("orchestration/evaluation/*.py", "orchestration/studies/*.py"),
            "orchestration/synthetic_data/*.py",
        )
        for name in imports(path)
        if name.split(".")[0] in outside
    ]
    assert mixed == []


def test_frames_outside_sql_are_polars() -> None:
    pandas = [
        shown(p) for p in files("*.py") if any(m.split(".")[0] == "pandas" for m in imports(p))
    ]
    # What the benchmark of a whole programme is compared with.
    assert pandas == ["tests/benchmarks/_plain_pandas.py"]


def test_only_the_paths_module_reads_the_environment_for_paths() -> None:
    reads = re.compile(r"environ(\.get\(|\[)\"(BODYWORN_HOME|LANDING)")
    readers = {
        shown(p)
        for p in files("orchestration/*.py", "dashboards/*.py")
        if reads.search(p.read_text())
    }
    # dbt in-process takes its paths from the environment, which is put back afterwards.
    assert readers <= {"orchestration/paths.py", "orchestration/steps/dbt.py"}
