"""The dashboards in Chromium against a bare Streamlit page, in the same run.

`uv run python -m tests.benchmarks.pages --home FOLDER` reads the releases of a home;
`--recordings 5000000` makes a London of that size first. Seconds are printed, ratios bind: a page
opened cold takes at most 1.5 times the bare page, a change of area or period at most 3 times a
change on the bare page, the first page after the server's start at most twice the bare server's.
A change of programme is printed beside them.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from orchestration import paths
from tests.benchmarks.programme import generate, ours
from tests.dashboards.browser import launch, served

BARE = str(Path(__file__).with_name("_bare_page.py"))
RECORDINGS = 5_000_000
REPEATS = 5
COLD, CHANGE, FIRST = 1.5, 3.0, 2.0
# The script behind the page has ended, and the text that distinguishes the new page is there.
DONE = """words => document.querySelector('[data-testid=stApp]')
    ?.getAttribute('data-test-script-state') === 'notRunning'
    && document.querySelector('[data-testid=stMain] h1') !== null
    && document.querySelector('[data-testid=stMain]').innerText.includes(words)"""


@dataclass
class Seconds:
    """What was measured, by what was done: on the bare page, and on ours."""

    bare: dict[str, list[float]] = field(default_factory=dict)
    ours: dict[str, list[float]] = field(default_factory=dict)

    def ratio(self, mine: str, theirs: str) -> float:
        """The median of one of ours over the median of one of the bare page."""
        return statistics.median(self.ours[mine]) / statistics.median(self.bare[theirs])


def _timed(page: Page, act: Callable[[], object], words: str) -> float:
    begun = time.perf_counter()
    act()
    page.wait_for_function(DONE, arg=words, polling=20)
    return time.perf_counter() - begun


def _opened(browser: Browser, address: str, words: str) -> tuple[Page, float]:
    """A page in a window without any cache, and how long it took to appear."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(60_000)
    return page, _timed(page, lambda: page.goto(address), words)


def _first(browser: Browser, script: str, home: Path, words: str) -> float:
    """From the start of the server to its first page."""
    begun = time.perf_counter()
    with served(home, script=script) as address:
        page, _ = _opened(browser, address, words)
        taken = time.perf_counter() - begun
        page.context.close()
    return taken


def _change(page: Page, label: str, option: str, words: str) -> float:
    """Choose an option of a box with the keyboard; the clock starts at the last key."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.focus()
    box.fill(option)
    return _timed(page, lambda: page.keyboard.press("Enter"), words)


def _bare(browser: Browser, address: str, taken: dict[str, list[float]]) -> None:
    page, seconds = _opened(browser, address, "Chosen: first")
    taken.setdefault("cold", []).append(seconds)
    for option in ("second", "third"):
        taken.setdefault("change", []).append(_change(page, "Choice", option, f"Chosen: {option}"))
    page.context.close()


def _of_ours(browser: Browser, address: str, taken: dict[str, list[float]], turn: int) -> None:
    """Home and Device use cold, then changes of area, period and programme on Device use."""
    page, seconds = _opened(browser, address, "Management information")
    taken.setdefault("Home cold", []).append(seconds)
    page.context.close()
    page, seconds = _opened(browser, f"{address}/device_use", "Management information")
    taken.setdefault("Device use cold", []).append(seconds)
    page.locator("[data-testid=stPopover] button").first.press("Enter")
    areas = ("Camden", "Hackney", "Lambeth", "Croydon", "Barnet", "Ealing", "Bexley", "Brent")
    # No area is chosen twice: the second time would come from the cache.
    for area in areas[2 * turn % len(areas) :][:2]:
        taken.setdefault("area", []).append(_change(page, "Area", area, f"· {area} ·"))
    for year in ("2018", "2017"):
        taken.setdefault("period", []).append(_change(page, "Period", year, f"· {year} ·"))
    box = page.get_by_role("combobox", name="Programme", exact=True)
    other = "West Mercia"
    box.focus()
    taken.setdefault("programme", []).append(_change(page, "Programme", other, other))
    page.context.close()


def measure(home: Path, repeats: int) -> Seconds:
    """Every figure of a home, the two servers in turn so that the machine is the same for both."""
    seconds = Seconds()
    application = str(paths.ROOT / "dashboards" / "server.py")
    with sync_playwright() as driving:
        browser = launch(driving)
        for _ in range(repeats):
            seconds.bare.setdefault("first", []).append(_first(browser, BARE, home, "Chosen"))
            seconds.ours.setdefault("first", []).append(
                _first(browser, application, home, "Management information")
            )
        with served(home, script=BARE) as bare, served(home, script=application) as pages:
            for turn in range(repeats):
                _bare(browser, bare, seconds.bare)
                _of_ours(browser, pages, seconds.ours, turn)
        browser.close()
    return seconds


LIMITS = (
    ("first page after the server's start", "first", "first", FIRST),
    ("Home cold", "Home cold", "cold", COLD),
    ("Device use cold", "Device use cold", "cold", COLD),
    ("change of area", "area", "change", CHANGE),
    ("change of period", "period", "change", CHANGE),
    ("change of programme", "programme", "change", None),
)


def report(seconds: Seconds) -> bool:
    """Print every figure and its ratio; whether all limits were kept."""
    kept = True
    for said, mine, theirs, limit in LIMITS:
        ratio = seconds.ratio(mine, theirs)
        kept &= limit is None or ratio <= limit
        bound = f"at most {limit}" if limit else "not bound"
        page, bare = statistics.median(seconds.ours[mine]), statistics.median(seconds.bare[theirs])
        sys.stdout.write(
            f"{said:<38}{page:7.2f} s  bare {bare:6.2f} s  {ratio:5.2f} times, {bound}\n"
        )
    return kept


def main() -> int:
    """Measure a home, made first where none is given; 1 when a limit was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home with a release; made when not given")
    parser.add_argument("--recordings", type=int, default=RECORDINGS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    chosen = parser.parse_args()
    # An installation keeps the modules that Python compiled; so do both servers here.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if chosen.home:
        return 0 if report(measure(chosen.home.resolve(), chosen.repeats)) else 1
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        generate(place / "landing", chosen.recordings)
        ours(place / "landing", place / "home")
        return 0 if report(measure(place / "home", chosen.repeats)) else 1


if __name__ == "__main__":
    sys.exit(main())
