"""A researcher in Chromium: a study and a table uploaded, and a bundle that gives them again."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser
from typer.testing import CliRunner

from orchestration.cli import app as commands
from tests.dashboards.browser import Visit
from tests.evaluation.test_estimate_command import STUDY, TABLE

pytestmark = pytest.mark.browser
NOT_OURS = {"list", "listitem"}


@pytest.fixture(scope="module")
def ran(browser: Browser, address: str, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """The page after a reader's study ran on a reader's table."""
    files = tmp_path_factory.mktemp("mine")
    (files / "mine.yml").write_text(STUDY)
    (files / "t.csv").write_text(TABLE)
    visit = Visit(browser, address)
    visit.open("research")
    visit.page.get_by_role("radio", name="A file of yours").click()
    visit.settle()
    visit.page.locator("input[type=file]").first.set_input_files(files / "mine.yml")
    visit.wait_for("Save this study")
    visit.page.locator("input[type=file]").last.set_input_files(files / "t.csv")
    visit.settle()
    visit.page.get_by_role("button", name="Run", exact=True).click()
    visit.wait_for("Every figure by its name")
    return visit


def test_the_bundle_that_is_saved_gives_the_result_again(ran: Visit, tmp_path: Path) -> None:
    with ran.page.expect_download() as waiting:
        ran.page.get_by_role("button", name="Bundle to replicate").click()
    assert waiting.value.suggested_filename == "mine_bundle.zip"
    waiting.value.save_as(tmp_path / "saved.zip")
    ZipFile(BytesIO((tmp_path / "saved.zip").read_bytes())).extractall(tmp_path / "bundle")
    study, table = tmp_path / "bundle" / "study.yml", tmp_path / "bundle" / "table.csv"
    again = CliRunner().invoke(commands, ["estimate", str(study), "--data", str(table), "--json"])
    assert json.loads(again.output) == json.loads((study.parent / "result.json").read_text())
    assert ran.trouble == []
    assert ran.hosts == {"127.0.0.1"}


def test_the_page_with_figures_breaks_no_serious_rule_of_accessibility(ran: Visit) -> None:
    assert ran.serious_marks(NOT_OURS) == set()


def test_the_words_with_figures_fit_a_narrow_window(ran: Visit) -> None:
    ran.page.set_viewport_size({"width": 320, "height": 640})
    ran.settle()
    wider = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
    assert ran.page.evaluate(wider) <= 0
