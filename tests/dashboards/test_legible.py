"""Every word of a chart can be read, in light and in dark, and none is cut off."""

from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser

from dashboards.views.topic_page import width_of
from orchestration import paths
from tests.dashboards.browser import Visit
from tests.dashboards.legibility import faults, marks

pytestmark = pytest.mark.browser

PAGES = (
    "device_use",
    "complaints?measure=Complaints+per+1000+officers&area=North",
    "complaints?measure=Complaints&view=In+parts",
    "complaints?measure=Complaints+per+1000+officers&view=Compare+areas",
    "case_outcomes?by=quarter",
    "promises?promise=newer",
    "promises?shown=Cameras+and+areas",
    "evidence?study=Complaints+as+cameras+came+to+the+districts",
    "evidence?show=What+others+have+published",
)


@pytest.fixture(scope="module", params=["light", "dark"])
def reader(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    """A window whose browser asks for one of the themes."""
    context = browser.new_context(color_scheme=request.param)
    visiting = Visit(context, address)
    yield visiting
    context.close()


@pytest.mark.parametrize("page", PAGES)
def test_the_words_of_every_chart_can_be_read_and_are_whole(page: str, reader: Visit) -> None:
    reader.open(page)
    reader.page.locator("[data-testid=stVegaLiteChart] svg text").first.wait_for(state="attached")
    found = marks(reader.page)
    assert found
    assert faults(found) == []


NARROW = (
    "evidence",
    "complaints",
    "promises?shown=Money",
    "evidence?show=What+others+have+published",
)


@pytest.mark.parametrize("page", NARROW)
def test_names_above_bars_are_whole_on_a_telephone(page: str, reader: Visit) -> None:
    reader.page.set_viewport_size({"width": 390, "height": 844})
    reader.open(page).still()
    assert faults(marks(reader.page)) == []


def test_a_title_has_the_lines_that_its_window_needs(reader: Visit) -> None:
    reader.page.set_viewport_size({"width": 390, "height": 844})
    reader.open("complaints?measure=Complaints+per+1000+officers").still()
    on_a_telephone = _lines_of_titles(reader)
    reader.page.set_viewport_size({"width": 1280, "height": 720})
    reader.page.wait_for_function(f"{LINES} < {on_a_telephone}")
    reader.still()
    assert faults(marks(reader.page)) == []
    widened = _lines_of_titles(reader)
    reader.open("complaints?measure=Complaints+per+1000+officers").still()
    assert _lines_of_titles(reader) == widened


LINES = """document.querySelectorAll(
    '[data-testid=stVegaLiteChart] svg .role-title text tspan').length"""


def _lines_of_titles(reader: Visit) -> int:
    return int(reader.page.evaluate(LINES))


def test_every_name_of_a_measure_stands_whole_in_the_table_of_its_subject(reader: Visit) -> None:
    labels = [
        entry["config"]["meta"]["label"]
        for file in sorted((paths.ROOT / "models" / "metrics").rglob("met_*.yml"))
        for entry in yaml.safe_load(file.read_text("utf-8"))["models"]
    ]
    assert len(labels) > 100
    reader.open("complaints").still()
    measured = reader.page.evaluate(WIDTHS, labels)
    cut = [
        label
        for label, wide in zip(labels, measured, strict=True)
        if wide + PADDING > width_of([label])
    ]
    assert cut == []


# Of a cell of the table, on both sides together.
PADDING = 16
# The names' widths in the typeface of a cell.
WIDTHS = """labels => {
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = '14px ' + getComputedStyle(document.body).fontFamily;
    return labels.map(label => pen.measureText(label).width);
}"""


def test_a_page_left_open_until_dusk_is_drawn_again_in_dark(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="light")
    visiting = Visit(context, address).open("complaints")
    visiting.still()
    before = marks(visiting.page)
    visiting.turn("dark")
    after = marks(visiting.page)
    context.close()
    assert [one["words"] for one in after] == [one["words"] for one in before] != []
    assert faults(after) == []
