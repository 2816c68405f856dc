"""Every word of a chart can be read, in light and in dark, and none is cut off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.dashboards.browser import Visit

pytestmark = pytest.mark.browser

ENOUGH = 4.5
# Words of charts with their colour, what lies behind them, and whether they leave their picture.
MARKS = """() => {
    const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = rgb => {
        const [r, g, b] = rgb.map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = parts(getComputedStyle(document.querySelector('[data-testid=stApp]'))
        .backgroundColor).slice(0, 3);
    const found = [];
    for (const svg of document.querySelectorAll('[data-testid=stVegaLiteChart] svg')) {
        const frame = svg.getBoundingClientRect();
        for (const text of svg.querySelectorAll('text')) {
            if (!text.textContent.trim() || frame.width === 0) continue;
            const box = text.getBoundingClientRect();
            const ink = parts(getComputedStyle(text).fill).slice(0, 3);
            const [a, b] = [light(ink), light(ground)];
            found.push({
                words: text.textContent,
                contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
                size: box.width * box.height,
                cut: box.left < frame.left - 6 || box.right > frame.right + 6,
                dots: text.textContent.endsWith('…'),
            });
        }
    }
    return found;
}"""
PAGES = (
    "device_use",
    "complaints?measure=Complaints+per+1000+officers&area=North",
    "complaints?measure=Complaints&view=In+parts",
    "complaints?measure=Complaints+per+1000+officers&view=Compare+areas",
    "case_outcomes?by=quarter",
    "promises?promise=newer",
    "promises?shown=Cameras+and+areas",
    "evidence",
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
    marks = reader.page.evaluate(MARKS)
    assert marks
    pale = [(each["words"], each["contrast"]) for each in marks if each["contrast"] < ENOUGH]
    assert pale == []
    assert [each["words"] for each in marks if each["size"] == 0] == []
    assert [each["words"] for each in marks if each["cut"] or each["dots"]] == []
