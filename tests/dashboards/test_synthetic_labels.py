"""A synthetic figure is marked as invented in every form in which it can leave a page."""

import ast
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboards.files.released_files import csv
from dashboards.text import captions
from orchestration import paths
from orchestration.synthetic_data.presets import PresetProblem, find_setting
from tests.dashboards import chart_titles
from tests.dashboards import fixture_rows as rows
from tests.dashboards.conftest import PAGES, Open
from tests.dashboards.reader_choice import chosen

TITLE = "every figure is invented"
TOWN, CITY = rows.NAMES[rows.TOWN], rows.NAMES[rows.CITY]


def _titles(app: Any) -> list[str]:
    """The lines below the title of every chart of a page."""
    specs = [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]
    return [chart_titles.subtitle(spec) for spec in specs]


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("page", PAGES)
def test_every_chart_of_a_synthetic_programme_says_so_in_its_title(
    page: str, open_page: Open
) -> None:
    titles = _titles(open_page(page, programme=TOWN))
    assert [title for title in titles if TOWN not in title or TITLE not in title] == []


@pytest.mark.usefixtures("release")
def test_charts_say_whose_figures_they_are_and_none_of_a_real_programme_is_called_invented(
    open_page: Open,
) -> None:
    invented = _titles(open_page("device_use", programme=TOWN))
    real = _titles(open_page("complaints", programme=CITY))
    assert invented
    assert real
    assert [title for title in real if CITY not in title or TITLE in title] == []


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("page", PAGES)
def test_every_table_of_a_synthetic_programme_says_so_in_a_column(
    page: str, open_page: Open
) -> None:
    shown = [table.value for table in open_page(page, programme=TOWN).dataframe]
    kept = [table for table in shown if "programme_id" in table or "numerator" in table]
    assert [list(table) for table in kept if "origin" not in table] == []


def test_a_saved_row_names_its_programme_and_whether_it_is_invented() -> None:
    frame = pl.DataFrame({"programme_id": [rows.TOWN], "value": [1.0]})
    saved = pl.read_csv(csv(frame, chosen(rows.TOWN))).row(0, named=True)
    assert saved["programme_name"] == TOWN
    assert saved["origin"].startswith("Synthetic: invented figures")
    real = pl.read_csv(csv(frame, chosen(rows.CITY))).row(0, named=True)
    assert "nvented figures" not in real["origin"]


def test_a_title_says_what_where_and_whose_on_lines_of_their_own() -> None:
    lines = captions.title(
        "Recordings", chosen(rows.TOWN), "North", "June 2018", source="Invented Office."
    ).splitlines()
    made_by = ["Source: Invented Office", "Release a release"]
    assert lines == ["Recordings", "North, June 2018", f"{TOWN}: {TITLE}", *made_by]


def test_pages_save_rows_only_where_they_are_labelled_or_whole() -> None:
    saving = set()
    for path in (paths.ROOT / "dashboards").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "download_button":
                saving.add(path.name)
    # Each file goes through one module, which checks permission, records it and labels
    # each row; `data_and_methods` hands out a released table, whose id says it. `research`
    # and `research_result` return a reader's own study: no released row.
    assert saving == {"tables.py"}


def test_a_preset_in_a_folder_that_does_not_say_so_is_refused(tmp_path: Path) -> None:
    made = tmp_path / "harbour"
    made.mkdir()
    there = paths.PROGRAMMES / "west_mercia_synthetic"
    for file in there.iterdir():
        text = file.read_text(encoding="utf-8")
        text = text.replace("programme: west_mercia_synthetic", "programme: harbour")
        (made / file.name).write_text(text, encoding="utf-8")
    with pytest.raises(PresetProblem, match="must end in _synthetic"):
        find_setting("west_mercia", tmp_path)
