"""docs/where_things_live.md names the files an addition takes; real additions touch just these.

A file format, an estimator and an audit check are patches: each is applied to a copy of the project
and then used there. For a source, a metric, a page and a field of a promise, every existing one has
to have every file on its list.
"""

import json
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.programmes.record import Promise
from orchestration.storage.table_columns import schema_of
from tests.house_rules.project import Manifest, committed, files, models, shown

PAGE = paths.ROOT / "docs" / "where_things_live.md"
PATCHES = paths.ROOT / "tests" / "fixtures" / "additions"
LONGEST = 60
STUDY = """\
design: rate_difference
title: An estimator that was added
question: How many fewer events were there on the first side?
keys: {events: [10, 40], exposure: [100, 100]}
"""


def lists() -> dict[str, list[str]]:
    """For each kind of addition the files of its row, as patterns with <names> in them."""
    rows = re.findall(r"^\| (an? [a-z ]+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    return {kind: [name for name in re.findall("`([^` ]+)`", named) if "." in name]
            for kind, named in rows}  # fmt: skip


def pattern(name: str) -> str:
    return re.sub("<[a-z]+>", "*", name)


def run(folder: Path, *words: str) -> str:
    """What a module of the copy prints."""
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def added(folder: Path, patch: str) -> set[str]:
    """The files that a patch, and the page made from the code, change in a copy of the project."""
    for path in committed():
        target = folder / shown(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    subprocess.run(["git", "apply", str(PATCHES / patch)], cwd=folder, check=True)
    run(folder, "orchestration.studies.document_designs")
    now = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {
        name
        for path in now
        for name in (path.relative_to(folder).as_posix(),)
        if not (paths.ROOT / name).is_file()
        or (paths.ROOT / name).read_bytes() != path.read_bytes()
    }


def is_the_list(touched: set[str], kind: str) -> None:
    """Fails unless every file touched is on the list and every line of the list is touched."""
    listed = [pattern(name) for name in lists()[kind]]
    assert [n for n in sorted(touched) if not any(fnmatch(n, each) for each in listed)] == []
    assert [each for each in listed if not any(fnmatch(n, each) for n in touched)] == []


def test_the_page_is_short_and_names_the_seven_additions() -> None:
    assert len(PAGE.read_text().splitlines()) <= LONGEST
    assert set(lists()) == {
        "a source", "a metric", "a page", "an estimator", "an audit check", "a file format",
        "a field of a promise",
    }  # fmt: skip


def test_every_package_on_the_page_is_there() -> None:
    named = re.findall(r"^\| `([a-z_]+)/` \|", PAGE.read_text(), re.MULTILINE)
    assert len(named) > 10
    places = [paths.ROOT / "orchestration", paths.ROOT]
    assert [name for name in named if not any((top / name).is_dir() for top in places)] == []


def test_a_file_format_takes_the_files_on_its_list_and_is_read(tmp_path: Path) -> None:
    is_the_list(added(tmp_path, "format.patch"), "a file format")
    run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "tests/ingestion/test_arrow.py")


def test_an_estimator_takes_the_files_on_its_list_and_estimates(tmp_path: Path) -> None:
    is_the_list(added(tmp_path, "estimator.patch"), "an estimator")
    (tmp_path / "study.yml").write_text(STUDY)
    said = run(tmp_path, "tests.bodyworn_command", "estimate", "study.yml", "--json")
    assert json.loads(said)["estimate"] == pytest.approx(-0.3)
    test = "tests/evaluation/rates/test_rate_difference.py"
    run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", test)


def test_an_audit_check_takes_the_files_on_its_list_and_stops_a_release(tmp_path: Path) -> None:
    is_the_list(added(tmp_path, "audit_check.patch"), "an audit check")
    printed = run(
        tmp_path,
        *("pytest", "-q", "-p", "no:cacheprovider", "tests/release/test_audit.py", "-k", "below"),
    )
    assert "1 passed" in printed


def test_every_source_has_the_files_on_its_list(manifest: Manifest) -> None:
    contract, staging, feed = map(pattern, lists()["a source"])
    intermediate = [m for m in models(manifest, "intermediate") if fnmatch(m["path"], "*int_*")]
    read = {key for model in intermediate for key in model["depends_on"]["nodes"]}
    folders = {model["fqn"][2] for model in models(manifest, "staging")}
    assert len(folders) > 5
    for source in folders:
        assert files(contract.replace("*", source))
        mine = [m for m in models(manifest, "staging") if m["fqn"][2] == source]
        assert all(fnmatch(model["original_file_path"], staging) for model in mine)
        assert read & {model["unique_id"] for model in mine}, source
    assert files(feed)


def test_every_metric_has_the_files_on_its_list() -> None:
    sql, meaning, union = map(pattern, lists()["a metric"])
    text = (paths.ROOT / union).read_text()
    queries, meanings = files(sql), files(meaning)
    assert len(queries) > 50
    assert [path.with_suffix(".yml") for path in queries] == meanings
    assert [path.stem for path in queries if f"ref('{path.stem}')" not in text] == []


def test_every_page_has_the_files_on_its_list() -> None:
    script, *others = map(pattern, lists()["a page"])
    texts = {name: (paths.ROOT / name).read_text() for name in others}
    pages = [path.stem for path in files(script)]
    assert len(pages) > 5
    assert [(p, name) for p in pages for name, text in texts.items() if p not in text] == []


def test_a_field_of_a_promise_stands_in_every_file_on_its_list() -> None:
    listed = [pattern(name) for name in lists()["a field of a promise"]]
    texts = {name: "".join(path.read_text() for path in files(name)) for name in listed}
    columns = [name for name in schema_of(Promise) if name in {"owner", "target", "wording"}]
    assert len(columns) == 3
    assert [(c, name) for c in columns for name, text in texts.items() if c not in text] == []
