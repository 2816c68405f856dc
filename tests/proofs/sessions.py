"""Many readers click through the dashboards while the release that is served is swapped.

`python -m tests.proofs.sessions --sessions 30 --seconds 120`: two invented releases, of which one
has three times the figures of the other, are served in turn; half of the readers follow the current
release, half stay with the one their address names. Each page that a reader sees must be without an
error and hold figures of the release that it names. The server's memory is read throughout. Prints
what was seen and ends with exit code 1 where a page failed or mixed two releases, or where memory
grew by more than a quarter after the first third of the time.
"""

import argparse
import asyncio
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic

import duckdb
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import TimeoutError as TookTooLong

from tests.dashboards.browser import LOADED, QUIET, chromium, free_port, served
from tests.dashboards.fixture_release import make_release, serve

NAMES = ("2026-11-21-aaaaaaaaaaaa", "2026-11-22-bbbbbbbbbbbb")
TIMES = 3
PAGES = ("complaints", "device_use", "evidence", "data_and_methods", "promises", "research")
SWAP_SECONDS = 7
GROWTH = 1.25
NAMED = re.compile(r"Release (\S+), published")
# What the pages of complaints say of the whole force in the year before the last.
FIGURES = {NAMES[0]: "480 complaint logs opened", NAMES[1]: "1,440 complaint logs opened"}


@dataclass
class Seen:
    """Pages seen by name, what was wrong with any, and the server's memory in MB by second."""

    pages: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    judged: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)
    swaps: int = 0


def _make(home: Path) -> None:
    """Both releases; the figures of the second are those of the first, times three."""
    for name in NAMES[::-1]:
        make_release(home, name)
    folder = home / "releases" / NAMES[1]
    with duckdb.connect(folder / "internal/marts.duckdb") as con:
        for column in ("numerator", "value", "interval_low", "interval_high"):
            con.execute(f"update fct_metrics set {column} = {column} * {TIMES}")


def _process(port: int) -> int:
    """The id of the server's process, by the port on its command line."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = folder.joinpath("cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"streamlit" in words and str(port).encode() in words:
            return int(folder.name)
    message = f"no server on port {port}"
    raise LookupError(message)


def _resident(process: int) -> float:
    """The memory of a process that is in use, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


async def _settled(page: Page) -> None:
    await page.wait_for_timeout(300)
    await page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


async def _judge(page: Page, path: str, seen: Seen) -> None:
    """One look at a page: no error, and figures of the release it names."""
    seen.pages[path] += 1
    if await page.locator("[data-testid=stException]").count():
        seen.wrong.append(f"{path}: an error on the page")
        return
    words = await page.locator("[data-testid=stMain]").inner_text()
    named = NAMED.search(words)
    if named is None:
        seen.wrong.append(f"{path}: names no release")
        return
    others = [figure for name, figure in FIGURES.items() if name != named[1]]
    if any(re.search(rf"\b{figure}", words) for figure in others):
        seen.wrong.append(f"{path}: names {named[1]} and shows figures of the other")
    elif FIGURES[named[1]] in words:
        seen.judged[named[1]] += 1


async def _read(browser: Browser, address: str, number: int, until: float, seen: Seen) -> None:
    """One reader: opens a page and goes on by the menu, with a pause before each click."""
    chance = random.Random(number)
    context = await browser.new_context(viewport={"width": 1280, "height": 720})
    page = await context.new_page()
    page.set_default_timeout(60_000)
    follows = "?release=current" if number % 2 else ""
    try:
        await page.goto(f"{address}/complaints{follows}")
        await page.wait_for_selector(LOADED)
        while monotonic() < until:
            await _settled(page)
            path = page.url.split("?")[0].rsplit("/", 1)[-1]
            await _judge(page, path, seen)
            await page.wait_for_timeout(chance.uniform(500, 3000))
            # Every other click leads to the page whose figures tell the releases apart.
            to = chance.choice((*PAGES, *["complaints"] * len(PAGES)))
            link = page.locator(f"[data-testid=stSidebarNavLink][href*='/{to}']")
            await link.first.evaluate("link => link.click()")
    except TookTooLong:
        seen.wrong.append(f"reader {number}: a page took over a minute")
    finally:
        await context.close()


async def _swap(home: Path, process: int, until: float, seen: Seen) -> None:
    """Serve the two releases in turn, and note the server's memory."""
    begun = monotonic()
    while monotonic() < until:
        await asyncio.sleep(1)
        passed = monotonic() - begun
        seen.memory.append((passed, _resident(process)))
        if passed > (seen.swaps + 1) * SWAP_SECONDS:
            seen.swaps += 1
            serve(home, NAMES[seen.swaps % 2])


async def _run(home: Path, port: int, sessions: int, seconds: float) -> Seen:
    seen, until = Seen(), monotonic() + seconds
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        address = f"http://127.0.0.1:{port}"
        readers = [_read(browser, address, at, until, seen) for at in range(sessions)]
        await asyncio.gather(_swap(home, _process(port), until, seen), *readers)
        await browser.close()
    return seen


def growth(memory: list[tuple[float, float]]) -> tuple[float, float]:
    """Median memory in the second and in the last third of the time, in MB."""
    last = memory[-1][0]
    middle = [size for passed, size in memory if last / 3 <= passed < 2 * last / 3]
    end = [size for passed, size in memory if passed >= 2 * last / 3]
    return median(middle), median(end)


def main() -> int:
    """Serve, click, print what was seen; 1 where a page failed, mixed releases, or memory grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        _make(home)
        with served(home, port):
            seen = asyncio.run(_run(home, port, asked.sessions, asked.seconds))
    middle, end = growth(seen.memory)
    mixed = sum("figures of the other" in each for each in seen.wrong)
    sys.stdout.write(
        f"{asked.sessions} readers for {asked.seconds:.0f} s over {seen.swaps} swaps:"
        f" {seen.pages.total()} pages seen, {len(seen.wrong) - mixed} with an error,"
        f" {mixed} mixed\n  of the two releases {seen.judged[NAMES[0]]} and"
        f" {seen.judged[NAMES[1]]} pages with figures that tell them apart\n  memory of the server:"
        f" {middle:.0f} MB in the second third of the time, {end:.0f} MB in the last\n"
    )
    sys.stdout.writelines(f"  {each}\n" for each in seen.wrong[:20])
    return 1 if seen.wrong or end > GROWTH * middle else 0


if __name__ == "__main__":
    sys.exit(main())
