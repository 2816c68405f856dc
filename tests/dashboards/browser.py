"""The dashboards served from the project's root on a free port, and Chromium to look at them."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request

from orchestration import paths

QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Streamlit's client asks below the page's path first and at the root when that is not found.
PROBES = ("/_stcore/health", "/_stcore/host-config")
# Passed rules are not listed: naming every mark that passes takes longer than looking for faults.
ACCESSIBLE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
# Rules that no page of ours can keep: docs/accessibility.md says why, and where.
NOT_OURS = {"list", "listitem"}
# The words on a page as it opens: folded parts, tables on a canvas, labels inside charts and the
# contents of fields are not sentences that somebody has to read first.
WORDS = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    let words = 0;
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (parent.closest('svg, style, script, textarea, [data-testid=stIconMaterial]')) continue;
        if (!parent.checkVisibility({visibilityProperty: true})) continue;
        words += walker.currentNode.textContent.split(/\\s+/).filter(Boolean).length;
    }
    return words;
}"""
LEVELS = """() => [...document.querySelectorAll('[data-testid=stMain] :is(h1, h2, h3, h4, h5, h6)')]
    .filter(heading => heading.checkVisibility()).map(heading => Number(heading.tagName[1]))"""
WIDER = "document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth"
TABLES_WIDER = """() => [...document.querySelectorAll('[data-testid=stMarkdownContainer]')]
    .filter(around => around.querySelector(':scope > table'))
    .filter(around => around.scrollWidth > around.clientWidth + 1).length"""
# The previous page stays visible until the next one has its title.
RETITLED = """([mark, title]) => {
    const now = document.querySelector(mark);
    return now !== null && now.innerText !== title;
}"""
LOADED = "[data-testid=stMain] h1"
# The script behind the page has ended, nothing of the page before is left, and every chart that has
# room is drawn and stays as it is for four looks, a twentieth of a second apart.
STILL = """() => {
    const ended = document.querySelector('[data-testid=stApp]')
        ?.getAttribute('data-test-script-state') === 'notRunning';
    const charts = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
        .filter(chart => chart.checkVisibility());
    const whole = charts.every(chart => chart.querySelector('svg .mark-group') !== null);
    const stale = document.querySelector('[data-stale=true], [data-testid=stSkeleton]') !== null;
    const now = charts.map(chart => {
        const at = chart.getBoundingClientRect();
        return [at.top, at.width, at.height, chart.querySelector('svg')?.outerHTML.length,
            chart.querySelector('svg text')?.getAttribute('fill')].join();
    }).join(';') + getComputedStyle(document.querySelector('[data-testid=stApp]') ?? document.body)
        .backgroundColor + document.querySelector('[data-testid=stMain]')?.scrollHeight;
    const kept = window.bodywornStill ?? {now: '', looks: 0};
    const same = ended && whole && !stale && kept.now === now;
    window.bodywornStill = {now, looks: same ? kept.looks + 1 : 0};
    return window.bodywornStill.looks >= 3;
}"""
# The ground has the colour of the theme, and so have the words of titles of charts.
TURNED = """theme => {
    const light = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number)
        .reduce((one, two) => one + two) > 384;
    const ground = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor;
    const titles = [...document.querySelectorAll(
        '[data-testid=stVegaLiteChart] svg .role-title-text text')];
    return light(ground) === (theme === 'light') && titles.every(title =>
        light(getComputedStyle(title).fill) !== light(ground));
}"""


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def served(
    home: Path, port: int = 0, more: Sequence[str] = (), script: str = "dashboards/server.py"
) -> Iterator[str]:
    """`streamlit run` of the dashboards, or a script, over the releases of `home`; its address."""
    port = port or free_port()
    options = ["--server.port", str(port), "--server.headless", "true", *more]
    command = [sys.executable, "-m", "streamlit", "run", script, *options]
    env = os.environ | {"BODYWORN_HOME": str(home)}
    with subprocess.Popen(
        command, cwd=paths.ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_served(address)
            yield address
        finally:
            server.terminate()


def wait_until_served(address: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310
                return
        except OSError:
            time.sleep(0.25)
    message = f"no dashboards at {address} after 30 seconds"
    raise TimeoutError(message)


def _chromium() -> str:
    found = shutil.which("chromium")
    assert found, "the browser tests need chromium on PATH: apt-get install chromium"
    return found


def launch(playwright: Playwright, *more: str) -> Browser:
    """Debian's Chromium, with more switches."""
    return playwright.chromium.launch(executable_path=_chromium(), args=[*QUIET, *more])


def launch_kept(playwright: Playwright, profile: Path) -> BrowserContext:
    """The same with a profile on disk, where it keeps what it compiled."""
    return playwright.chromium.launch_persistent_context(
        profile, executable_path=_chromium(), args=list(QUIET)
    )


class Visit:
    """One reader's browser window; records errors and every address it contacted.

    Windows of one context share what a browser keeps between visits, those of a browser nothing.
    """

    def __init__(self, browser: Browser | BrowserContext, address: str) -> None:
        self.address = address
        self.page: Page = browser.new_page()
        self.page.set_viewport_size({"width": 1280, "height": 720})
        self.page.set_default_timeout(30_000)
        self.hosts: set[str] = set()
        self.trouble: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", lambda said: self._heard(said.type, said.text, said.location))

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"}:
            self.hosts.add(str(parts.hostname))

    def _heard(self, kind: str, text: str, location: object) -> None:
        if kind == "error" and not any(probe in str(location) for probe in PROBES):
            self.trouble.append(f"{text} {location}")

    def open(self, path: str = "") -> "Visit":
        """Open a page and wait until it is rendered."""
        self.page.goto(f"{self.address}/{path}")
        self.page.wait_for_selector(LOADED)
        self.settle()
        return self

    def follow(self, page: str) -> "Visit":
        """Go to another page by its link in the sidebar, which a narrow window hides."""
        self.trouble.clear()
        self.page.set_viewport_size({"width": 1280, "height": 720})
        if urlsplit(self.page.url).path != f"/{page}":
            title = self.page.locator(LOADED).inner_text()
            link = self.page.locator(f"[data-testid=stSidebarNavLink][href$='/{page}']")
            link.evaluate("link => link.click()")
            self.page.wait_for_url(lambda url: urlsplit(url).path == f"/{page}")
            self.page.wait_for_function(RETITLED, arg=[LOADED, title])
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until the script behind the page has finished."""
        self.page.wait_for_timeout(300)
        state = "[data-testid=stApp][data-test-script-state=notRunning]"
        self.page.wait_for_selector(state)
        self.page.wait_for_timeout(300)

    def still(self) -> None:
        """Wait until the page and its charts stay as they are; for no longer than that takes."""
        self.page.evaluate("window.bodywornStill = undefined")
        self.page.wait_for_function(STILL, polling=50)

    def turn(self, theme: Literal["light", "dark"]) -> None:
        """Ask for the other theme as a browser does at dusk, and wait until all is drawn in it."""
        self.page.emulate_media(color_scheme=theme)
        self.page.wait_for_function(TURNED, arg=theme, polling=50)
        self.page.wait_for_timeout(120)
        self.still()

    def choose(self, label: str, option: str, then: str) -> None:
        """Pick an option of a select box with the keyboard alone, and wait for these words.

        It begins once the page is drawn: what is chosen while boxes are put anew is lost.
        """
        self.still()
        self.page.locator("[data-testid=stPopover] button").first.press("Enter")
        box = self.page.get_by_role("combobox", name=label, exact=True)
        box.focus()
        box.fill(option)
        self.page.keyboard.press("Enter")
        self.wait_for(then)
        self.page.keyboard.press("Escape")

    def wait_for(self, words: str) -> None:
        """Wait until the page says these words and is rendered to its end."""
        self.page.get_by_text(words).first.wait_for()
        self.settle()

    def serious_marks(self, spared: set[str], rules: Sequence[str] = ()) -> set[tuple[str, str]]:
        """Rules of accessibility that the page breaks seriously, with the mark that breaks them.

        `rules` asks for some alone.
        """
        asked = ACCESSIBLE | ({"runOnly": list(rules)} if rules else {})
        found = Axe().run(self.page, options=asked)
        return {
            (rule["id"], node["html"][:160])
            for rule in found.response["violations"]
            if rule["impact"] in {"serious", "critical"} and rule["id"] not in spared
            for node in rule["nodes"]
        }

    def words(self) -> int:
        """How many words the page has as it opens."""
        return int(self.page.evaluate(WORDS))

    def skipped_headings(self) -> list[tuple[int, int]]:
        """Pairs of headings of which the second is more than one level below the first."""
        levels: list[int] = self.page.evaluate(LEVELS)
        return [(one, two) for one, two in pairwise(levels) if two > one + 1]

    def figures(self, at_least: int = 1) -> list[str]:
        """The sentences of the page in order, once so many are rendered."""
        main = self.page.locator("[data-testid=stMain]")
        lines: list[str] = []
        for _ in range(60):
            lines = main.inner_text().splitlines()
            if len(lines) >= at_least:
                break
            self.page.wait_for_timeout(500)
        return lines
